-- name: identity/each_message
-- Whom each row of raw_message names, with its times: for the look at who was erased.
-- columns: source String, profile_key String, email String, phone String, customer_id String,
--   occurred_at DateTime64(6, 'UTC')
SELECT toString(source) AS source, profile_key, email, phone, customer_id, occurred_at
FROM raw_message
WHERE profile_key != '' OR email != '' OR phone != '' OR customer_id != ''
