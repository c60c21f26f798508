-- name: resolve/person_touches
-- Where each known person was recognised.
INSERT INTO person_touches
SELECT person, 'device' AS touch, anonymous AS detail, max(started_at) AS last_at
FROM sessions WHERE identified = 1 AND anonymous != 0 GROUP BY person, anonymous
UNION ALL
SELECT person, 'till', 0, max(ordered_at)
FROM orders WHERE identified = 1 AND lower(sales_channel) IN ('pos', 'till', 'store', 'retail')
GROUP BY person
UNION ALL
SELECT person, concat('message ', channel), 0, max(greatest(clicked_at, opened_at))
FROM deliveries
WHERE person != 0 AND (clicked_at > toDateTime64(0, 6, 'UTC') OR opened_at > toDateTime64(0, 6, 'UTC'))
GROUP BY person, channel
