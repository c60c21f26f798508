-- name: measure/acq_2
-- Blended MER over break-even MER: a week's net revenue x margin (u) against its marketing spend
-- (d), over the days of the window that spend data covers. Nothing without a margin.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32, margin Float64, refunds UInt8
-- columns: cluster UInt64, u Float64, d Float64
WITH
    span AS (SELECT min(day) AS first_day, max(day) AS last_day FROM spend_days
             WHERE spent > 0 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))
SELECT cluster, sum(u_) AS u, sum(d_) AS d
FROM (
    SELECT toUInt64(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})), 7)) AS cluster,
           coalesce(if({refunds:UInt8} = 1, if(valid = 1, total, 0), net), 0) * {margin:Float64} AS u_, 0. AS d_
    FROM orders
    WHERE day >= (SELECT first_day FROM span) AND day <= (SELECT last_day FROM span)
    UNION ALL
    SELECT toUInt64(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})), 7)), 0., toFloat64(coalesce(spent, 0))
    FROM spend_days
    WHERE day >= (SELECT first_day FROM span) AND day <= (SELECT last_day FROM span))
WHERE {margin:Float64} > 0 AND EXISTS (SELECT 1 FROM spend_days WHERE spent > 0)
GROUP BY cluster
HAVING sum(d_) > 0 OR sum(u_) > 0
ORDER BY cluster
