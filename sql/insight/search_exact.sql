-- name: insight/search_exact
-- People whose e-mail, phone, customer, log-in or order number is a text.
-- params: q String
-- columns: person UInt64, matched String
SELECT person, min(matched) AS matched
FROM (
    SELECT person, 'identifier' AS matched FROM identity
    WHERE id IN (cityHash64('email', lowerUTF8({q:String})), cityHash64('phone', {q:String}),
                 cityHash64('customer', {q:String}), cityHash64('login', {q:String}))
       OR id IN (SELECT cityHash64('customer', toString(source), {q:String}) FROM raw_order GROUP BY source)
    UNION ALL
    SELECT person, 'order' FROM orders
    WHERE identified = 1 AND (number = trim(LEADING '#' FROM {q:String}) OR order_key = {q:String}))
GROUP BY person
