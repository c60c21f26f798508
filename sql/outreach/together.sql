-- name: outreach/together
-- What people bought in one order with products; `seed`: which of them.
-- params: products Array(UInt64)
-- columns: seed UInt64, product UInt64, id String, title String, url String, image String, price Nullable(Int64),
--   score Float64
SELECT t.product AS seed, cityHash64(p.product) AS product, p.product AS id, p.title AS title, p.url AS url, p.image AS image,
       p.price AS price, t.score AS score
FROM (SELECT * FROM contact_pair WHERE way = 'together' AND contact_pair.product IN {products:Array(UInt64)}) AS t
INNER JOIN (SELECT * FROM contact_product WHERE available = 1 AND title != '') AS p ON p.product = t.other
ORDER BY seed, score DESC, id
