-- name: identity/numberers
-- The sources that number customers on their own.
-- columns: source String
SELECT DISTINCT toString(source) AS source
FROM (
    SELECT source FROM raw_order WHERE customer_id != '' GROUP BY source
    UNION ALL
    SELECT source FROM raw_person WHERE customer_id != '' GROUP BY source)
