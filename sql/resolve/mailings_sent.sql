-- name: resolve/mailings_sent
-- Totals of what was sent from here, where there are totals of other tools to stand beside: a row a
-- campaign and channel, and for flows one a message and day. Where there are none, single messages tell. Orders and revenue are those within five days of the person's
-- last click, whoever's message that was in.
INSERT INTO mailings
WITH
    sent AS (SELECT * FROM deliveries WHERE source = 'tidemark-sent' AND EXISTS (SELECT 1 FROM raw_mailing)),
    bought AS (
        SELECT toString(d.source) AS source, d.campaign_key AS campaign_key, d.flow_key AS flow_key,
               toString(d.step_key) AS step_key, toString(d.channel) AS channel, d.day AS day,
               toInt64(coalesce(o.net, 0)) AS net
        FROM (SELECT person, ordered_at, net FROM orders WHERE valid = 1 AND person != 0) AS o
        ASOF INNER JOIN (SELECT * FROM deliveries WHERE clicked_at > toDateTime64(0, 6, 'UTC') AND person != 0) AS d
            ON d.person = o.person AND o.ordered_at >= d.clicked_at
        WHERE o.ordered_at < d.clicked_at + INTERVAL 5 DAY)
SELECT 'tidemark-sent', 'campaign', s.campaign_key, s.campaign_key, '', '', s.channel, 'sent',
       s.audience, s.day, s.recipients, s.delivered, s.opens, s.clicks, toInt64(b.orders), b.revenue,
       s.bounces, s.complaints, s.unsubscribes
FROM (
    SELECT campaign_key, toString(channel) AS channel, max(audience) AS audience, min(sent.day) AS day,
           toInt64(count()) AS recipients, toInt64(countIf(delivered_at > toDateTime64(0, 6, 'UTC'))) AS delivered,
           toInt64(countIf(opened_at > toDateTime64(0, 6, 'UTC'))) AS opens, toInt64(countIf(clicked_at > toDateTime64(0, 6, 'UTC'))) AS clicks,
           toInt64(sum(bounced)) AS bounces, toInt64(sum(complained)) AS complaints, toInt64(sum(unsubscribed)) AS unsubscribes
    FROM sent WHERE campaign_key != '' GROUP BY campaign_key, channel) AS s
LEFT JOIN (
    SELECT campaign_key, channel, count() AS orders, sum(net) AS revenue FROM bought
    WHERE source = 'tidemark-sent' AND campaign_key != '' GROUP BY campaign_key, channel) AS b
    ON b.campaign_key = s.campaign_key AND b.channel = s.channel
UNION ALL
SELECT 'tidemark-sent', 'flow', s.flow_key, s.flow_key, s.step_key, s.flow_kind, s.channel, 'live',
       s.audience, s.day, s.recipients, s.delivered, s.opens, s.clicks, toInt64(b.orders), b.revenue,
       s.bounces, s.complaints, s.unsubscribes
FROM (
    SELECT flow_key, toString(step_key) AS step_key, toString(flow_kind) AS flow_kind, toString(channel) AS channel, day,
           max(audience) AS audience,
           toInt64(count()) AS recipients, toInt64(countIf(delivered_at > toDateTime64(0, 6, 'UTC'))) AS delivered,
           toInt64(countIf(opened_at > toDateTime64(0, 6, 'UTC'))) AS opens, toInt64(countIf(clicked_at > toDateTime64(0, 6, 'UTC'))) AS clicks,
           toInt64(sum(bounced)) AS bounces, toInt64(sum(complained)) AS complaints, toInt64(sum(unsubscribed)) AS unsubscribes
    FROM sent WHERE flow_key != '' GROUP BY flow_key, step_key, flow_kind, channel, day) AS s
LEFT JOIN (
    SELECT flow_key, step_key, channel, day, count() AS orders, sum(net) AS revenue FROM bought
    WHERE source = 'tidemark-sent' AND flow_key != '' GROUP BY flow_key, step_key, channel, day) AS b
    ON b.flow_key = s.flow_key AND b.step_key = s.step_key AND b.channel = s.channel AND b.day = s.day
