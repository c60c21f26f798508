-- name: identity/edges
-- Which identifiers were seen together, each combination once, with the first time it was seen.
-- An id is cityHash64(kind, value); 0 means none. Combinations of a device alone are left out.
-- A log-in id that equals a customer number of the only shop is that customer.
-- params: scoped UInt8
-- columns: login UInt64, customer UInt64, email UInt64, phone UInt64, profile UInt64, device UInt64,
--   first_at DateTime64(6, 'UTC')
WITH
    customer_numbers AS (
        SELECT customer_id FROM raw_person WHERE customer_id != ''
        UNION DISTINCT
        SELECT customer_id FROM raw_order WHERE customer_id != ''),
    -- A purchase that analytics saw and the ledger knows: same order, same person.
    bought AS (
        SELECT o.user_id AS user_id, o.customer_id AS customer_id, o.source AS source, o.email AS email,
               o.phone AS phone, e.anonymous_id AS anonymous_id, e.at AS at
        FROM (
            SELECT trim(LEADING '#' FROM order_key) AS number, anonymous_id,
                   min(occurred_at) AS at
            FROM raw_event
            WHERE name = 'order_complete' AND order_key != '' AND anonymous_id != ''
            GROUP BY number, anonymous_id) AS e
        INNER JOIN (
            SELECT user_id, customer_id, source, email, phone,
                   arrayJoin(arrayDistinct([trim(LEADING '#' FROM number), order_key])) AS n
            FROM raw_order
            WHERE is_test != 1) AS o ON e.number = o.n
        WHERE o.n != ''),
    rows AS (
        SELECT user_id, customer_id, source, email, phone, profile_key, anonymous_id, created_at AS at
        FROM raw_person
        UNION ALL
        SELECT user_id, customer_id, source, email, phone, '', anonymous_id, ordered_at FROM raw_order
        UNION ALL
        SELECT user_id, customer_id, source, email, phone, '', anonymous_id, occurred_at FROM raw_event
        WHERE user_id != '' OR customer_id != '' OR email != '' OR phone != ''
        UNION ALL
        SELECT '', customer_id, source, email, phone, profile_key, '', occurred_at FROM raw_message
        UNION ALL
        SELECT '', customer_id, source, email, phone, profile_key, '', changed_at FROM raw_consent
        UNION ALL
        SELECT user_id, customer_id, source, email, phone, '', anonymous_id, at FROM bought)
-- Grouped by numbers only: texts of many million events would not fit the engine's memory.
SELECT
    if(user_id = '', 0, cityHash64('login', user_id)) AS login,
    multiIf(
        customer_id != '' AND {scoped:UInt8} = 1, cityHash64('customer', toString(source), customer_id),
        customer_id != '', cityHash64('customer', customer_id),
        {scoped:UInt8} = 0 AND user_id IN (SELECT customer_id FROM customer_numbers),
            cityHash64('customer', user_id),
        0) AS customer,
    if(rows.email = '', 0, cityHash64('email', rows.email)) AS email,
    if(rows.phone = '', 0, cityHash64('phone', rows.phone)) AS phone,
    if(profile_key = '', 0, cityHash64('profile', toString(source), profile_key)) AS profile,
    if(anonymous_id = '', 0, cityHash64('device', anonymous_id)) AS device,
    min(at) AS first_at
FROM rows
WHERE user_id != '' OR customer_id != '' OR rows.email != '' OR rows.phone != '' OR profile_key != ''
GROUP BY login, customer, email, phone, profile, device
ORDER BY first_at, login, customer, email, phone, profile, device
