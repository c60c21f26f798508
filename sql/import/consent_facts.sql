-- name: import/consent_facts
-- What an import says of consent, after a line: for the ledger of consent (store/consent.h).
-- params: import_id UInt32, after UInt64
-- columns: line UInt64, source String, profile_key String, email String, phone String,
--   customer_id String, channel String, state String, at DateTime64(6, 'UTC'), method String,
--   proof String, wording String, page String, ip String, agent String
SELECT line, toString(source) AS source, profile_key, email, phone, customer_id,
       toString(channel) AS channel, toString(state) AS state, changed_at AS at,
       toString(method) AS method, proof, toString(wording) AS wording, page, ip, agent
FROM raw_consent
WHERE import_id = {import_id:UInt32} AND line > {after:UInt64}
