-- name: insight/results
-- What was sent from here in a span of days, by message, with orders and net revenue within five days
-- of the person's last click, whoever's message that was in.
-- params: from Int32, to Int32, limit UInt32, offset UInt32
-- columns: kind String, item String, step String, channel String, sent Int64, delivered Int64,
--   opened Int64, clicked Int64, unsubscribed Int64, bounced Int64, complained Int64, orders Int64,
--   revenue Int64, last_sent Date32
WITH
    sent AS (
        SELECT if(flow_key = '', 'campaign', 'flow') AS kind, if(flow_key = '', campaign_key, flow_key) AS item,
               toString(step_key) AS step, toString(deliveries.channel) AS channel, deliveries.day AS day, delivered_at, opened_at,
               clicked_at, unsubscribed, bounced, complained
        FROM deliveries
        WHERE source = 'tidemark-sent' AND deliveries.day BETWEEN toDate32({from:Int32}) AND toDate32({to:Int32})),
    bought AS (
        SELECT if(d.flow_key = '', 'campaign', 'flow') AS kind, if(d.flow_key = '', d.campaign_key, d.flow_key) AS item,
               toString(d.step_key) AS step, toString(d.channel) AS channel, count() AS orders,
               toInt64(sum(coalesce(o.net, 0))) AS revenue
        FROM (SELECT person, ordered_at, net FROM orders WHERE valid = 1 AND person != 0) AS o
        ASOF INNER JOIN (SELECT * FROM deliveries WHERE clicked_at > toDateTime64(0, 6, 'UTC') AND person != 0) AS d
            ON d.person = o.person AND o.ordered_at >= d.clicked_at
        WHERE o.ordered_at < d.clicked_at + INTERVAL 5 DAY AND d.source = 'tidemark-sent'
          AND d.day BETWEEN toDate32({from:Int32}) AND toDate32({to:Int32})
        GROUP BY kind, item, step, channel)
SELECT s.kind AS kind, s.item AS item, s.step AS step, s.channel AS channel, toInt64(count()) AS sent,
       toInt64(countIf(s.delivered_at > toDateTime64(0, 6, 'UTC'))) AS delivered,
       toInt64(countIf(s.opened_at > toDateTime64(0, 6, 'UTC'))) AS opened,
       toInt64(countIf(s.clicked_at > toDateTime64(0, 6, 'UTC'))) AS clicked,
       toInt64(sum(s.unsubscribed)) AS unsubscribed, toInt64(sum(s.bounced)) AS bounced,
       toInt64(sum(s.complained)) AS complained, toInt64(max(b.orders)) AS orders,
       toInt64(max(b.revenue)) AS revenue, max(s.day) AS last_sent
FROM sent AS s
LEFT JOIN bought AS b ON b.kind = s.kind AND b.item = s.item AND b.step = s.step AND b.channel = s.channel
GROUP BY kind, item, step, channel
ORDER BY last_sent DESC, kind, item, step, channel
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
