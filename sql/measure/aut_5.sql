-- name: measure/aut_5
-- Revenue that messages brought in a week (d), and of it what flows brought (u). Nothing where no
-- campaign ran a month on average.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: cluster UInt64, u Float64, d Float64
WITH
    clicked AS (
        SELECT o.day AS day, toFloat64(coalesce(o.net, 0)) AS net, d.flow_kind AS flow_kind, d.flow_key AS flow_key
        FROM (SELECT person, ordered_at, day, net FROM orders WHERE valid = 1 AND person != 0) AS o
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
SELECT toUInt64(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})), 7)) AS cluster, sum(if(kind = 'flow', revenue, 0)) AS u, sum(revenue) AS d
FROM messaged
WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
  AND (SELECT uniqExact(item_key) FROM mailings WHERE kind = 'campaign' AND source != 'tidemark-sent' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365))
      + (SELECT uniqExact(campaign_key) FROM deliveries WHERE campaign_key != '' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365)) >= 12
GROUP BY cluster
HAVING d > 0
ORDER BY cluster
