-- name: direct/search
-- People whose e-mail address or name, or a word of it, begins with a text, or whose e-mail, phone,
-- customer, log-in or order number is that text; case is ignored in names and addresses.
-- params: q String, limit UInt32, offset UInt32
-- columns: person UInt64, name String, email String, matched String, orders UInt64, revenue Int64,
--   last_day Date32
WITH
    lowerUTF8({q:String}) AS wanted,
    found AS (
        SELECT person, min(matched) AS matched FROM (
            SELECT person, if(startsWith(lowerUTF8(email), wanted), 'email', 'name') AS matched FROM customers
            WHERE startsWith(lowerUTF8(email), wanted) OR startsWith(lowerUTF8(name), wanted)
               OR position(lowerUTF8(name), concat(' ', wanted)) > 0
            UNION ALL
            SELECT person, 'identifier' FROM identity
            WHERE id IN (cityHash64('email', wanted), cityHash64('phone', {q:String}),
                         cityHash64('customer', {q:String}), cityHash64('login', {q:String}))
               OR id IN (SELECT cityHash64('customer', toString(source), {q:String}) FROM raw_order GROUP BY source)
            UNION ALL
            SELECT person, 'order' FROM orders
            WHERE identified = 1 AND (number = trim(LEADING '#' FROM {q:String}) OR order_key = {q:String}))
        GROUP BY person)
SELECT c.person AS person, c.name AS name, c.email AS email, f.matched AS matched, c.orders AS orders,
       c.revenue AS revenue, c.last_day AS last_day
FROM customers AS c
INNER JOIN found AS f ON f.person = c.person
ORDER BY revenue DESC, person
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
