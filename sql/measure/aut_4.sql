-- name: measure/aut_4
-- Flow messages delivered (n) and orders placed on them (k), by the mailing tool's rule or within
-- five days of the last click.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    tool AS (SELECT toFloat64(coalesce(sum(orders), 0)) AS k, toFloat64(coalesce(sum(delivered), 0)) AS n FROM mailings
             WHERE kind = 'flow' AND orders IS NOT NULL AND delivered IS NOT NULL
               AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
    bought AS (
        SELECT count() AS c FROM (SELECT person, ordered_at, day FROM orders WHERE valid = 1 AND person != 0) AS o
        ASOF INNER JOIN (SELECT person, clicked_at, flow_key FROM deliveries WHERE clicked_at > toDateTime64(0, 6, 'UTC') AND person != 0) AS d
            ON d.person = o.person AND o.ordered_at >= d.clicked_at
        WHERE o.ordered_at < d.clicked_at + INTERVAL 5 DAY AND d.flow_key != ''
          AND o.day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND o.day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
    own AS (SELECT toFloat64(coalesce((SELECT c FROM bought), 0)) AS k, toFloat64(countIf(delivered_at > toDateTime64(0, 6, 'UTC'))) AS n FROM deliveries
            WHERE flow_key != '' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))
SELECT toUInt8(n > 0) AS known, least(k, n) AS k, n
FROM (SELECT if(tool.n > 0, tool.k, own.k) AS k, if(tool.n > 0, tool.n, own.n) AS n FROM tool CROSS JOIN own)
