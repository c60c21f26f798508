-- name: audience/make_line
-- The lines of the newest export of an order, or of the webhook that the order was taken from.
-- params: fold_from String, fold_to String
INSERT INTO audience_line
WITH
    sold AS (
        SELECT toString(source) AS source, order_key, person, ordered_at, day
        FROM orders WHERE valid = 1 AND identified = 1),
    live AS (SELECT toString(source), order_key, import_id, line FROM orders WHERE is_live = 1),
    bought AS (
        SELECT toString(source) AS source, order_key, if(product_key != '', product_key, sku) AS product,
               sku, title, toString(vendor) AS vendor, toString(category) AS category, quantity,
               max(import_id) OVER (PARTITION BY source, order_key) AS newest, import_id
        FROM raw_line
        WHERE updated_at = toDateTime64(0, 6, 'UTC') OR (source, order_key, import_id, line) IN live)
SELECT s.person, toUnixTimestamp64Micro(s.ordered_at), toInt32(s.day),
       translateUTF8(b.product, {fold_from:String}, {fold_to:String}),
       translateUTF8(b.sku, {fold_from:String}, {fold_to:String}),
       translateUTF8(b.title, {fold_from:String}, {fold_to:String}),
       translateUTF8(b.vendor, {fold_from:String}, {fold_to:String}),
       translateUTF8(b.category, {fold_from:String}, {fold_to:String}),
       toInt64(round(b.quantity * 1000000))
FROM bought AS b
INNER JOIN sold AS s ON s.source = b.source AND s.order_key = b.order_key
WHERE b.import_id = b.newest
