-- name: measure/eml_3
-- Campaign e-mails delivered (n) and clicked by a person (k); clicks by machines removed where
-- single messages are known.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    own AS (SELECT toFloat64(countIf(clicked_at > toDateTime64(0, 6, 'UTC'))) AS k, toFloat64(countIf(delivered_at > toDateTime64(0, 6, 'UTC'))) AS n FROM deliveries
            WHERE campaign_key != '' AND channel = 'email' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
    tool AS (SELECT toFloat64(coalesce(sum(clicks), 0)) AS k, toFloat64(coalesce(sum(delivered), 0)) AS n FROM mailings
             WHERE kind = 'campaign' AND channel = 'email' AND clicks IS NOT NULL AND delivered IS NOT NULL
               AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))
SELECT toUInt8(n > 0) AS known, least(k, n) AS k, n
FROM (SELECT if(own.n > 0, own.k, tool.k) AS k, if(own.n > 0, own.n, tool.n) AS n FROM tool CROSS JOIN own)
