-- name: outreach/orders
-- The first and the last order of people, a row for each of their lines; one without lines has one
-- row. The amounts are in the reporting currency.
-- params: people Array(UInt64)
-- columns: person UInt64, last UInt8, at DateTime64(6, 'UTC'), number String, total Nullable(Int64),
--   product String, title String, url String, image String, price Nullable(Int64), quantity Nullable(Float64)
WITH
    ends AS (
        SELECT person, ordered_at, toString(source) AS source, order_key, number, total, nth,
               max(nth) OVER (PARTITION BY person) AS newest
        FROM orders WHERE valid = 1 AND identified = 1 AND person IN {people:Array(UInt64)})
SELECT o.person AS person, o.last AS last, o.ordered_at AS at, o.number AS number, o.total AS total,
       l.product AS product, if(p.title != '', p.title, l.title) AS title, p.url AS url, p.image AS image, l.price AS price,
       l.quantity AS quantity
FROM (SELECT *, arrayJoin(if(newest = 1, [0, 1], [nth = newest])) AS last FROM ends WHERE nth IN (1, newest)) AS o
LEFT JOIN (
    SELECT contact_line.person AS person, toString(contact_line.source) AS source, order_key, product, title, price, quantity
    FROM contact_line WHERE contact_line.person IN {people:Array(UInt64)}) AS l
    ON l.person = o.person AND l.source = o.source AND l.order_key = o.order_key
LEFT ANY JOIN contact_product AS p ON p.product = l.product
ORDER BY person, last, title, product
