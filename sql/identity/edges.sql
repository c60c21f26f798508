-- name: identity/edges
-- Which identifiers were seen together, each combination once, with the first time it was seen.
-- An id is cityHash64(kind, value); 0 means none. Combinations of a device alone are left out.
-- A log-in id that equals a customer number of the only shop is that customer.
-- What a record says of a person and a device was seen when the person was, not when an account that
-- it names was made.
-- Only numbers are grouped and joined, events and messages each by themselves first, and a group goes
-- to the disk by its size alone, whatever else the statement holds: so that the memory for many
-- million events is that for few.
-- maybe: the customer number that the log-in is where the shop has such a one.
-- params: scoped UInt8
-- columns: login UInt64, customer UInt64, email UInt64, phone UInt64, profile UInt64, device UInt64,
--   first_at DateTime64(6, 'UTC'), maybe UInt64
WITH
    (kind, value) -> if(value = '', 0, cityHash64(kind, value)) AS id_of,
    (kind, source, value) -> if(value = '', 0, cityHash64(kind, toString(source), value)) AS own_id_of,
    (source, value) -> if({scoped:UInt8} = 1, own_id_of('customer', source, value),
                          id_of('customer', value)) AS customer_of,
    (user_id) -> if({scoped:UInt8} = 1, 0, id_of('customer', user_id)) AS maybe_customer_of,
    customer_numbers AS (
        SELECT cityHash64('customer', customer_id) FROM raw_person WHERE customer_id != ''
        UNION DISTINCT
        SELECT cityHash64('customer', customer_id) FROM raw_order WHERE customer_id != ''),
    -- Purchases that analytics saw and the ledger knows: same order, same person.
    seen AS (
        SELECT cityHash64(trim(LEADING '#' FROM order_key)) AS order_id,
               cityHash64('device', anonymous_id) AS device, min(occurred_at) AS at
        FROM raw_event
        WHERE name = 'order_complete' AND order_key != '' AND anonymous_id != ''
        GROUP BY order_id, device),
    ledger AS (
        SELECT id_of('login', user_id) AS login, customer_of(source, customer_id) AS known_customer,
               maybe_customer_of(user_id) AS maybe_customer, id_of('email', raw_order.email) AS email,
               id_of('phone', raw_order.phone) AS phone,
               arrayJoin(arrayDistinct([trim(LEADING '#' FROM number), order_key])) AS name, cityHash64(name) AS order_id
        FROM raw_order
        WHERE is_test != 1 AND name != ''),
    links AS (
        SELECT id_of('login', user_id) AS login, customer_of(source, customer_id) AS known_customer,
               maybe_customer_of(user_id) AS maybe_customer, id_of('email', raw_person.email) AS email,
               id_of('phone', raw_person.phone) AS phone, own_id_of('profile', source, profile_key) AS profile,
               id_of('device', anonymous_id) AS device,
               if(active_at > toDateTime64(0, 6, 'UTC')
                  AND (anonymous_id != '' OR created_at <= toDateTime64(0, 6, 'UTC')), active_at, created_at) AS at
        FROM raw_person
        UNION ALL
        SELECT id_of('login', user_id), customer_of(source, customer_id), maybe_customer_of(user_id),
               id_of('email', raw_order.email), id_of('phone', raw_order.phone), 0, id_of('device', anonymous_id), ordered_at
        FROM raw_order
        UNION ALL
        SELECT id_of('login', user_id) AS login, customer_of(source, customer_id) AS known_customer,
               any(maybe_customer_of(user_id)), id_of('email', raw_event.email) AS email,
               id_of('phone', raw_event.phone) AS phone, 0, id_of('device', anonymous_id) AS device, min(occurred_at)
        FROM raw_event
        WHERE user_id != '' OR customer_id != '' OR raw_event.email != '' OR raw_event.phone != ''
        GROUP BY login, known_customer, email, phone, device
        UNION ALL
        SELECT 0, customer_of(source, customer_id) AS known_customer, 0, id_of('email', raw_message.email) AS email,
               id_of('phone', raw_message.phone) AS phone, own_id_of('profile', source, profile_key) AS profile, 0,
               min(occurred_at)
        FROM raw_message
        GROUP BY known_customer, email, phone, profile
        UNION ALL
        SELECT 0, customer_of(source, customer_id), 0, id_of('email', raw_consent.email),
               id_of('phone', raw_consent.phone), own_id_of('profile', source, profile_key), 0, changed_at
        FROM raw_consent
        UNION ALL
        SELECT o.login, o.known_customer, o.maybe_customer, o.email, o.phone, 0, e.device, e.at
        FROM seen AS e
        INNER JOIN ledger AS o ON o.order_id = e.order_id)
SELECT
    login,
    if(known_customer = 0 AND maybe_customer IN (SELECT * FROM customer_numbers), maybe_customer, known_customer) AS customer,
    email, phone, profile, device, min(at) AS first_at, any(maybe_customer) AS maybe
FROM links
WHERE login != 0 OR known_customer != 0 OR email != 0 OR phone != 0 OR profile != 0
GROUP BY login, customer, email, phone, profile, device
ORDER BY first_at, login, customer, email, phone, profile, device
SETTINGS group_by_two_level_threshold_bytes = 0
