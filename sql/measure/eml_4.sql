-- name: measure/eml_4
-- Store revenue of a week (d), and of it what owned messages brought (u): by the mailing tool's own
-- rule where it reports revenue, else orders within five days of the person's last click.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32, refunds UInt8
-- columns: cluster UInt64, u Float64, d Float64
WITH
    clicked AS (
        SELECT o.day AS day, toFloat64(coalesce(if({refunds:UInt8} = 1, o.total, o.net), 0)) AS net, d.flow_kind AS flow_kind, d.flow_key AS flow_key
        FROM (SELECT person, ordered_at, day, net, total FROM orders WHERE valid = 1 AND person != 0) AS o
        ASOF INNER JOIN (SELECT person, clicked_at, toString(flow_kind) AS flow_kind, flow_key FROM deliveries
                         WHERE clicked_at > toDateTime64(0, 6, 'UTC') AND person != 0) AS d
            ON d.person = o.person AND o.ordered_at >= d.clicked_at
        WHERE o.ordered_at < d.clicked_at + INTERVAL 5 DAY),
    told AS (
        SELECT day, toString(kind) AS kind, toString(flow_kind) AS flow_kind, toFloat64(coalesce(mailings.revenue, 0)) AS revenue FROM mailings
        WHERE mailings.revenue IS NOT NULL),
    messaged AS (
        SELECT day, if(flow_key != '', 'flow', 'campaign') AS kind, flow_kind, net AS revenue FROM clicked
        WHERE NOT EXISTS (SELECT 1 FROM told)
        UNION ALL
        SELECT day, kind, flow_kind, revenue FROM told)
SELECT cluster, least(sum(u_), greatest(sum(d_), 0)) AS u, greatest(sum(d_), 0) AS d
FROM (
    SELECT toUInt64(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})), 7)) AS cluster, revenue AS u_, 0. AS d_ FROM messaged
    WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
    UNION ALL
    SELECT toUInt64(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})), 7)), 0., toFloat64(coalesce(if({refunds:UInt8} = 1, if(valid = 1, total, 0), net), 0)) FROM orders
    WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))
WHERE EXISTS (SELECT 1 FROM orders) AND (EXISTS (SELECT 1 FROM mailings) OR EXISTS (SELECT 1 FROM deliveries))
GROUP BY cluster
HAVING d > 0
ORDER BY cluster
