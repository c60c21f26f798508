-- name: resolve/visit_days_events
-- Visits a day by channel and device, from the visits themselves; not what only the shop's server
-- tells of (checkouts).
INSERT INTO visit_days
SELECT source, 'events', 0, day, channel, device, count(), sum(product_views > 0),
       sum(carts > 0), sum(checkouts > 0), sum(orders > 0)
FROM sessions
WHERE platform != 'server'
GROUP BY source, day, channel, device
