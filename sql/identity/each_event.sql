-- name: identity/each_event
-- Whom events name, each combination once with the first time: for the look at who was erased.
-- columns: source String, anonymous_id String, user_id String, customer_id String, email String,
--   phone String, occurred_at DateTime64(6, 'UTC')
SELECT source, anonymous_id, user_id, customer_id, email, phone, min(at) AS occurred_at
FROM (SELECT toString(source) AS source, anonymous_id, user_id, customer_id, email, phone, occurred_at AS at FROM raw_event)
WHERE anonymous_id != '' OR user_id != '' OR customer_id != '' OR email != '' OR phone != ''
GROUP BY source, anonymous_id, user_id, customer_id, email, phone
