-- name: measure/acq_7_known
-- Months of the last twelve in which the revenue of social ads is known, by the platform's claim or
-- from orders.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
WITH told AS (
    SELECT day FROM spend_days WHERE channel = 'Paid Social' AND conversion_value IS NOT NULL
    UNION ALL
    SELECT day FROM orders WHERE channel = 'Paid Social' AND valid = 1)
SELECT toUInt8(EXISTS (SELECT 1 FROM spend_days)) AS known,
       toFloat64(uniqExact(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) * 100, 3044))) AS value, toFloat64(count()) AS n
FROM told
WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
