-- name: outreach/make_alias
-- By the shop's catalogue. Where two products share a name, the nearer kind of name counts.
INSERT INTO contact_alias
SELECT cityHash64(alias), name.1 AS alias, argMin(product, (name.2, product))
FROM (
    SELECT lower(product_key) AS product,
           arrayJoin([(lower(product_key), 0), (lower(product_id), 1), (lower(sku), 2),
                      (lower(trim(title)), 3)]) AS name
    FROM raw_product WHERE product_key != '')
WHERE alias != ''
GROUP BY alias
