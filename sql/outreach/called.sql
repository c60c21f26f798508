-- name: outreach/called
-- The products that are called so; both are hashes, of the name and of the product.
-- params: names Array(UInt64)
-- columns: name UInt64, product UInt64
SELECT hash AS name, cityHash64(contact_alias.product) AS product
FROM contact_alias WHERE hash IN {names:Array(UInt64)}
ORDER BY name
