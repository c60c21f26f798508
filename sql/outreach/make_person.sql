-- name: outreach/make_person
-- Of each word the newest: of a profile by its last change, else its last sign of life; of an order
-- or a word on consent by its day. Profiles that their source has forgotten are left out. A country
-- that no profile tells is that of the newest order, then of the newest visit.
-- params: scoped UInt8
INSERT INTO contact_person
WITH
    said AS (
        SELECT toString(source) AS source, profile_key, customer_id, raw_person.email AS email, phone, first_name, last_name,
               toString(country) AS country, city, postal_code, toString(language) AS language,
               greatest(created_at, active_at, updated_at) AS at, import_id, line
        FROM raw_person
        WHERE (source, profile_key) NOT IN (SELECT source, profile_key FROM raw_person WHERE is_deleted = 1)
        UNION ALL
        SELECT toString(source), '', customer_id, raw_order.email, phone, '', '', '', '', '', '',
               greatest(ordered_at, updated_at), import_id, line
        FROM raw_order WHERE raw_order.email != '' OR phone != ''
        UNION ALL
        SELECT toString(source), profile_key, customer_id, raw_consent.email, phone, '', '', '', '', '', '',
               changed_at, import_id, line
        FROM raw_consent WHERE raw_consent.email != '' OR phone != ''),
    named AS (
        SELECT i.person AS person,
               argMaxIf(s.email, (s.at, s.import_id, s.line), s.email != '') AS email,
               argMaxIf(s.phone, (s.at, s.import_id, s.line), s.phone != '') AS phone,
               argMaxIf((s.first_name, s.last_name), (s.at, s.import_id, s.line),
                        s.first_name != '' OR s.last_name != '') AS name,
               argMaxIf((s.country, s.city, s.postal_code), (s.at, s.import_id, s.line),
                        s.country != '' OR s.city != '' OR s.postal_code != '') AS place,
               argMaxIf(s.language, (s.at, s.import_id, s.line), s.language != '') AS language
        FROM (
            SELECT *, multiIf(
                       customer_id != '' AND {scoped:UInt8} = 1, cityHash64('customer', source, customer_id),
                       customer_id != '', cityHash64('customer', customer_id),
                       email != '', cityHash64('email', email),
                       phone != '', cityHash64('phone', phone),
                       profile_key != '', cityHash64('profile', source, profile_key), 0) AS id
            FROM said) AS s
        INNER JOIN identity AS i ON i.id = s.id
        GROUP BY person),
    bought AS (
        SELECT person, argMax(toString(orders.country), ordered_at) AS country
        FROM orders WHERE identified = 1 AND orders.country != '' GROUP BY person),
    visited AS (
        SELECT person, argMax(toString(sessions.country), (started_at, session)) AS country
        FROM sessions WHERE identified = 1 AND sessions.country != '' GROUP BY person)
SELECT n.person, n.email, n.phone, n.name.1, n.name.2,
       multiIf(n.place.1 != '', n.place.1, b.country != '', b.country, v.country), n.place.2, n.language,
       n.place.3
FROM named AS n
LEFT ANY JOIN bought AS b ON b.person = n.person
LEFT ANY JOIN visited AS v ON v.person = n.person
