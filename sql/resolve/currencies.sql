-- name: resolve/currencies
-- Currencies that the imported records are in, by how many orders (or other records) use them.
-- columns: currency String, orders UInt64, records UInt64, first_day Date32, last_day Date32
SELECT currency, sum(is_order) AS orders, count() AS records,
       min(day) AS first_day, max(day) AS last_day
FROM (
    SELECT toString(currency) AS currency, 1 AS is_order, toDate32(ordered_at) AS day
    FROM raw_order WHERE is_test != 1
    UNION ALL
    SELECT currency, 0, day_from FROM raw_spend
    UNION ALL
    SELECT currency, 0, day FROM raw_mailing WHERE revenue IS NOT NULL)
WHERE currency != ''
GROUP BY currency
ORDER BY orders DESC, records DESC, currency
