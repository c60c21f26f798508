-- name: identity/adrift
-- Withdrawals that name their person by something else than the channel's own address, with each
-- address that the person has there.
-- columns: channel String, source String, profile_key String, email String, phone String,
--   customer_id String, address String
WITH
    told AS (
        SELECT toString(channel) AS channel, toString(source) AS source, profile_key,
               raw_consent.email AS email, phone, customer_id, channel IN ('sms', 'whatsapp') AS is_phone,
               arrayJoin(arrayFilter(id -> id != 0, [
                   if(raw_consent.email = '', 0, cityHash64('email', raw_consent.email)),
                   if(phone = '', 0, cityHash64('phone', phone)),
                   if(customer_id = '', 0, cityHash64('customer', customer_id)),
                   if(customer_id = '', 0, cityHash64('customer', toString(source), customer_id)),
                   if(profile_key = '', 0, cityHash64('profile', toString(source), profile_key))])) AS id
        FROM raw_consent
        WHERE state IN ('withdrawn', 'unreachable')
          AND if(channel IN ('sms', 'whatsapp'), phone = '', raw_consent.email = '')),
    known AS (SELECT told.*, i.person AS person FROM told INNER JOIN identity AS i ON i.id = told.id),
    has AS (
        SELECT person, groupUniqArrayIf(email, email != '') AS emails,
               groupUniqArrayIf(phone, phone != '') AS phones
        FROM person_records
        WHERE person IN (SELECT person FROM known)
        GROUP BY person)
SELECT DISTINCT k.channel, k.source, k.profile_key, k.email, k.phone, k.customer_id,
       arrayJoin(if(k.is_phone, h.phones, h.emails)) AS address
FROM known AS k
INNER JOIN has AS h ON h.person = k.person
