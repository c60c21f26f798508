-- name: resolve/order_touches
-- What led to each order. The campaign is the one the shop's own records name for the order, else
-- the first that analytics saw with its purchase.
INSERT INTO order_touches
WITH
    visits AS (
        SELECT person, started_at, toString(channel) AS channel FROM sessions
        WHERE person IN (SELECT person FROM orders WHERE identified = 1)),
    seen AS (
        SELECT trim(LEADING '#' FROM order_key) AS number, argMin(toString(utm_campaign), occurred_at) AS campaign
        FROM raw_event WHERE name = 'order_complete' AND order_key != '' AND utm_campaign != ''
        GROUP BY number)
SELECT o.source, o.order_key,
       if(l.channel != '' AND l.started_at > o.ordered_at - INTERVAL 90 DAY, l.channel, o.own) AS last,
       if(f.channel != '' AND f.started_at <= o.ordered_at, f.channel, o.own) AS first,
       if(o.campaign != '', toString(o.campaign), s.campaign) AS campaign_
FROM (SELECT source, order_key, campaign, number, person, ordered_at, ordered_at - INTERVAL 90 DAY AS from_at,
             if(channel = '', 'Unassigned', toString(channel)) AS own
      FROM orders) AS o
ASOF LEFT JOIN (SELECT person, started_at, channel FROM visits
                WHERE channel NOT IN ('Direct', 'Unassigned', '')) AS l
    ON l.person = o.person AND o.ordered_at >= l.started_at
ASOF LEFT JOIN visits AS f ON f.person = o.person AND o.from_at <= f.started_at
LEFT ANY JOIN seen AS s ON s.number = o.number
