-- name: outreach/viewed
-- What people looked at last, the newest first, that is on sale.
-- params: people Array(UInt64)
-- columns: person UInt64, product UInt64, id String, title String, url String, image String, price Nullable(Int64)
SELECT v.person AS person, cityHash64(p.product) AS product, p.product AS id, p.title AS title, p.url AS url, p.image AS image, p.price AS price
FROM (SELECT contact_view.person AS person, at, contact_view.product AS product FROM contact_view
      WHERE person IN {people:Array(UInt64)}) AS v
INNER JOIN (SELECT * FROM contact_product WHERE available = 1 AND title != '') AS p ON p.product = v.product
ORDER BY person, v.at DESC, id
