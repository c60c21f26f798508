-- name: identity/each_consent
-- Whom each row of raw_consent names, with its times: for the look at who was erased.
-- columns: source String, profile_key String, email String, phone String, customer_id String,
--   changed_at DateTime64(6, 'UTC')
SELECT toString(source) AS source, profile_key, email, phone, customer_id, changed_at
FROM raw_consent
WHERE profile_key != '' OR email != '' OR phone != '' OR customer_id != ''
