-- name: identity/purchases
-- Purchases that analytics saw, by the order's number; as identity/edges has them.
-- columns: name UInt64, device UInt64, first_at DateTime64(6, 'UTC')
SELECT cityHash64(trim(LEADING '#' FROM order_key)) AS name, cityHash64('device', anonymous_id) AS device,
       min(occurred_at) AS first_at
FROM raw_event
WHERE raw_event.name = 'order_complete' AND order_key != '' AND anonymous_id != ''
GROUP BY name, device
