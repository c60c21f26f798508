-- name: measure/mea_3
-- What the channels claim for a week (u: ad platforms' conversion value and the mailing tool's
-- revenue) against the net revenue of the order ledger (d).
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32, refunds UInt8
-- columns: cluster UInt64, u Float64, d Float64
WITH claims AS (
    SELECT day, toFloat64(coalesce(conversion_value, 0)) AS value FROM spend_days WHERE conversion_value IS NOT NULL
    UNION ALL
    SELECT day, toFloat64(coalesce(revenue, 0)) FROM mailings WHERE revenue IS NOT NULL)
SELECT cluster, sum(u_) AS u, sum(d_) AS d
FROM (
    SELECT toUInt64(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})), 7)) AS cluster, value AS u_, 0. AS d_ FROM claims
    WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
    UNION ALL
    SELECT toUInt64(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})), 7)), 0., toFloat64(coalesce(if({refunds:UInt8} = 1, if(valid = 1, total, 0), net), 0)) FROM orders
    WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))
WHERE EXISTS (SELECT 1 FROM claims) AND EXISTS (SELECT 1 FROM orders)
GROUP BY cluster
HAVING d > 0
ORDER BY cluster
