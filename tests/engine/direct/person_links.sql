-- name: direct/person_links
-- Why these identifiers are one person: the records that name them together. A device is given by
-- its number in the engine.
-- params: person UInt64, limit UInt32, offset UInt32
-- columns: record String, source String, email String, phone String, customer String, login String,
--   device String, first_at DateTime64(6, 'UTC'), records UInt64
WITH
    ids AS (SELECT id FROM identity WHERE person = {person:UInt64} UNION ALL SELECT {person:UInt64})
SELECT record, source, email, phone, customer, login, device, min(at) AS first_at, count() AS records
FROM (
    SELECT if(previous_id = '', 'customer', 'alias') AS record, toString(source) AS source, raw_person.email AS email,
           raw_person.phone AS phone, customer_id AS customer,
           if(previous_id = '', user_id, concat(previous_id, ' → ', user_id)) AS login,
           if(anonymous_id = '' OR previous_id != '', '', toString(cityHash64('device', anonymous_id))) AS device,
           if(previous_id = '', created_at, active_at) AS at
    FROM raw_person
    WHERE cityHash64('email', raw_person.email) IN ids OR cityHash64('phone', raw_person.phone) IN ids
       OR cityHash64('customer', customer_id) IN ids OR cityHash64('customer', toString(source), customer_id) IN ids
       OR cityHash64('login', user_id) IN ids OR (previous_id != '' AND cityHash64('login', previous_id) IN ids)
       OR cityHash64('profile', toString(source), profile_key) IN ids
    UNION ALL
    SELECT 'order', toString(source), raw_order.email, raw_order.phone, customer_id, user_id,
           if(anonymous_id = '', '', toString(cityHash64('device', anonymous_id))), ordered_at
    FROM raw_order
    WHERE (source, order_key) IN (SELECT toString(source), order_key FROM orders WHERE person = {person:UInt64})
    UNION ALL
    SELECT 'consent', toString(source), raw_consent.email, raw_consent.phone, customer_id, '', '', changed_at
    FROM raw_consent
    WHERE cityHash64('email', raw_consent.email) IN ids OR cityHash64('phone', raw_consent.phone) IN ids
       OR cityHash64('customer', customer_id) IN ids OR cityHash64('profile', toString(source), profile_key) IN ids
    UNION ALL
    SELECT 'visit', toString(source), '', '', '', '', toString(anonymous), started_at
    FROM sessions WHERE person = {person:UInt64} AND anonymous != 0)
GROUP BY record, source, email, phone, customer, login, device
ORDER BY first_at, record, source, device, email, phone, customer, login
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
