-- name: measure/fnd_2
-- Of the last six whole months, those in which contribution (net revenue x margin) exceeded
-- marketing spend. Unknown without a margin or without any spend data in these months.
-- params: as_of DateTime64(6, 'UTC'), tz String, margin Float64, refunds UInt8
-- columns: known UInt8, value Float64, n Float64
WITH
    toStartOfMonth(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) AS this_month,
    months AS (SELECT toDate32(addMonths(this_month, -toInt32(number) - 1)) AS month FROM numbers(6)),
    revenue AS (SELECT toDate32(toStartOfMonth(day)) AS month, sum(if({refunds:UInt8} = 1, if(valid = 1, total, 0), net)) AS net_ FROM orders
                WHERE day >= addMonths(this_month, -6) AND day < this_month GROUP BY month),
    cost AS (SELECT toDate32(toStartOfMonth(day)) AS month, sum(spent) AS spent FROM spend_days
             WHERE day >= addMonths(this_month, -6) AND day < this_month GROUP BY month)
SELECT toUInt8({margin:Float64} > 0 AND EXISTS (SELECT 1 FROM cost) AND EXISTS (SELECT 1 FROM orders)) AS known,
       toFloat64(countIf(coalesce(r.net_, 0) * {margin:Float64} > coalesce(c.spent, 0))) AS value,
       toFloat64(count()) AS n
FROM months AS m
LEFT JOIN revenue AS r ON r.month = m.month
LEFT JOIN cost AS c ON c.month = m.month
