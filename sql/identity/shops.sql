-- name: identity/shops
-- Sources that number customers on their own. With more than one, customer numbers count only
-- within their source.
-- columns: shops UInt64
SELECT uniqExact(source) AS shops
FROM (
    SELECT source FROM raw_order WHERE customer_id != '' GROUP BY source
    UNION ALL
    SELECT source FROM raw_person WHERE customer_id != '' GROUP BY source)
