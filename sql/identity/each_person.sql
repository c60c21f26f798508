-- name: identity/each_person
-- Whom each row of raw_person names, with its times: for the look at who was erased.
-- columns: source String, profile_key String, email String, phone String, customer_id String,
--   user_id String, anonymous_id String, created_at DateTime64(6, 'UTC'),
--   active_at DateTime64(6, 'UTC'), updated_at DateTime64(6, 'UTC')
SELECT toString(source) AS source, profile_key, email, phone, customer_id, user_id, anonymous_id, created_at, active_at, updated_at
FROM raw_person
WHERE profile_key != '' OR email != '' OR phone != '' OR customer_id != '' OR user_id != '' OR anonymous_id != ''
