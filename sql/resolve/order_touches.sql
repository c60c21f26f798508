-- name: resolve/order_touches
-- What led to each order. The campaign is the one the shop's own export names for the order, else
-- the first that analytics saw with its purchase.
INSERT INTO order_touches
WITH
    visits AS (
        SELECT person, started_at, toString(channel) AS channel FROM sessions
        WHERE person IN (SELECT person FROM orders WHERE identified = 1)),
    named AS (
        SELECT import_id, source, order_key, toString(utm_campaign) AS campaign FROM raw_order
        WHERE utm_campaign != '' ORDER BY line DESC),
    seen AS (
        SELECT trim(LEADING '#' FROM order_key) AS number, argMin(toString(utm_campaign), occurred_at) AS campaign
        FROM raw_event WHERE name = 'order_complete' AND order_key != '' AND utm_campaign != ''
        GROUP BY number)
SELECT o.source, o.order_key,
       if(l.channel != '' AND l.started_at > o.ordered_at - INTERVAL 90 DAY, l.channel, o.own) AS last,
       if(f.channel != '' AND f.started_at <= o.ordered_at, f.channel, o.own) AS first,
       if(c.campaign != '', c.campaign, s.campaign) AS campaign_
FROM (SELECT source, order_key, import_id, number, person, ordered_at, ordered_at - INTERVAL 90 DAY AS from_at,
             if(channel = '', 'Unassigned', toString(channel)) AS own
      FROM orders) AS o
ASOF LEFT JOIN (SELECT person, started_at, channel FROM visits
                WHERE channel NOT IN ('Direct', 'Unassigned', '')) AS l
    ON l.person = o.person AND o.ordered_at >= l.started_at
ASOF LEFT JOIN visits AS f ON f.person = o.person AND o.from_at <= f.started_at
LEFT ANY JOIN named AS c ON c.import_id = o.import_id AND c.source = o.source AND c.order_key = o.order_key
LEFT ANY JOIN seen AS s ON s.number = o.number
