-- name: audience/make_order
-- params: fold_from String, fold_to String
INSERT INTO audience_order
SELECT person, toUnixTimestamp64Micro(ordered_at), toInt32(day), net, nth,
       translateUTF8(toString(channel), {fold_from:String}, {fold_to:String}),
       translateUTF8(toString(device), {fold_from:String}, {fold_to:String}),
       translateUTF8(toString(country), {fold_from:String}, {fold_to:String}),
       translateUTF8(toString(sales_channel), {fold_from:String}, {fold_to:String}),
       translateUTF8(toString(campaign), {fold_from:String}, {fold_to:String}),
       translateUTF8(toString(source), {fold_from:String}, {fold_to:String}),
       known_as, currency, total, refunded
FROM orders
WHERE valid = 1 AND identified = 1
