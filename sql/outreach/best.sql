-- name: outreach/best
-- The products that most people bought in the last 90 days of the records and that are on sale.
-- columns: product UInt64, id String, title String, url String, image String, price Nullable(Int64)
SELECT cityHash64(contact_product.product) AS product, contact_product.product AS id, title, url, image, price
FROM contact_product
WHERE available = 1 AND title != '' AND buyers > 0
ORDER BY buyers DESC, id
LIMIT 100
