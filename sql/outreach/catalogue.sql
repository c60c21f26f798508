-- name: outreach/catalogue
-- What is known of the products that are called so; `name`: the hash of the name.
-- params: names Array(UInt64)
-- columns: name UInt64, title String, url String, image String
SELECT a.hash AS name, p.title AS title, p.url AS url, p.image AS image
FROM (SELECT hash, product FROM contact_alias WHERE hash IN {names:Array(UInt64)}) AS a
INNER JOIN contact_product AS p ON p.product = a.product
ORDER BY name
