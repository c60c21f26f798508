-- name: outreach/next
-- What people who bought the same as each of these bought after it, and these have not.
-- params: people Array(UInt64)
-- columns: person UInt64, product UInt64, id String, title String, url String, image String, price Nullable(Int64),
--   score Float64
WITH bought AS (SELECT DISTINCT person, product FROM contact_line WHERE person IN {people:Array(UInt64)})
SELECT n.person AS person, cityHash64(p.product) AS product, p.product AS id, p.title AS title, p.url AS url, p.image AS image,
       p.price AS price, n.score AS score
FROM (
    SELECT b.person AS person, t.other AS other, sum(t.score) AS score
    FROM bought AS b
    INNER JOIN (SELECT * FROM contact_pair WHERE way = 'next' AND product IN (SELECT cityHash64(product) FROM bought)) AS t
        ON t.product = cityHash64(b.product)
    GROUP BY person, other) AS n
INNER JOIN (SELECT * FROM contact_product WHERE available = 1 AND title != '') AS p ON p.product = n.other
WHERE (n.person, n.other) NOT IN bought
ORDER BY person, score DESC, id
LIMIT 12 BY person
