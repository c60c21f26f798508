-- name: measure/per_3
-- Messages of the window (n) and those whose content depended on what the person had done (k); from
-- totals, messages of flows that answer behaviour.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    own AS (SELECT toFloat64(countIf(is_personal = 1)) AS k, toFloat64(count()) AS n FROM deliveries
            WHERE is_personal >= 0 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
    tool AS (SELECT toFloat64(coalesce(sumIf(delivered, kind = 'flow' AND flow_kind IN
                        ('cart', 'browse', 'post_purchase', 'win_back', 'replenishment', 'vip')), 0)) AS k,
                    toFloat64(coalesce(sum(delivered), 0)) AS n
             FROM mailings WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))
SELECT toUInt8(n > 0) AS known, least(k, n) AS k, n
FROM (SELECT if(own.n > 0, own.k, tool.k) AS k, if(own.n > 0, own.n, tool.n) AS n FROM tool CROSS JOIN own)
