-- name: import/consent_messages
-- Messages of an import, after a line, that came back, were complained about or ended a subscription,
-- but those sent from here, whose answers were noted when they came: the same columns as import/consent_facts; state is what became of the message.
-- params: import_id UInt32, after UInt64
-- columns: line UInt64, source String, profile_key String, email String, phone String,
--   customer_id String, channel String, state String, at DateTime64(6, 'UTC'), method String,
--   proof String, wording String, page String, ip String, agent String
SELECT line, toString(source) AS source, profile_key, email, phone, customer_id,
       toString(channel) AS channel, toString(name) AS state, occurred_at AS at,
       toString(name) AS method, message_key AS proof, '' AS wording, '' AS page, '' AS ip, '' AS agent
FROM raw_message
WHERE import_id = {import_id:UInt32} AND line > {after:UInt64}
  AND name IN ('unsubscribed', 'complained', 'bounced') AND source != 'tidemark-sent'
