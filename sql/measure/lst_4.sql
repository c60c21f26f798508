-- name: measure/lst_4
-- E-mails delivered (n) and spam complaints about them (k), campaigns and flows.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    tool AS (SELECT toFloat64(coalesce(sum(complaints), 0)) AS k, toFloat64(coalesce(sum(delivered), 0)) AS n FROM mailings
             WHERE channel = 'email' AND complaints IS NOT NULL AND delivered IS NOT NULL
               AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
    own AS (SELECT toFloat64(sum(complained)) AS k, toFloat64(countIf(delivered_at > toDateTime64(0, 6, 'UTC'))) AS n FROM deliveries
            WHERE channel = 'email' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))
SELECT toUInt8(n > 0) AS known, least(k, n) AS k, n
FROM (SELECT if(tool.n > 0, tool.k, own.k) AS k, if(tool.n > 0, tool.n, own.n) AS n FROM tool CROSS JOIN own)
