-- name: measure/ret_4
-- Customers who had not bought for 180 to 730 days when the last 91 days began (n), and those who
-- were sent a message since (k).
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, k Float64, n Float64
WITH lapsed AS (
    SELECT person FROM orders
    WHERE valid = 1 AND identified = 1 AND ordered_at <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 91 DAY
    GROUP BY person
    HAVING max(ordered_at) <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 271 DAY AND max(ordered_at) > {as_of:DateTime64(6, 'UTC')} - INTERVAL 821 DAY)
SELECT toUInt8(EXISTS (SELECT 1 FROM deliveries) AND count() > 0) AS known,
       toFloat64(countIf(person IN (SELECT person FROM deliveries WHERE sent_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 91 DAY AND sent_at <= {as_of:DateTime64(6, 'UTC')}))) AS k,
       toFloat64(count()) AS n
FROM lapsed
