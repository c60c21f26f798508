-- name: identity/each_order
-- Whom each row of raw_order names, with its times: for the look at who was erased.
-- columns: source String, order_key String, email String, phone String, customer_id String,
--   user_id String, anonymous_id String, ordered_at DateTime64(6, 'UTC')
SELECT toString(source) AS source, order_key, email, phone, customer_id, user_id, anonymous_id, ordered_at
FROM raw_order
WHERE email != '' OR phone != '' OR customer_id != '' OR user_id != '' OR anonymous_id != ''
