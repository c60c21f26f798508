-- name: resolve/person_records
-- Each record that names identifiers stands with everybody whom one of them belongs to. Of an alias
-- the log-in is both, the one before first. key: of the identifiers that a record names, which are
-- those of the same people wherever they are named.
INSERT INTO person_records
WITH
    named AS (
        SELECT if(previous_id = '', 'customer', 'alias') AS record, toString(source) AS source,
               raw_person.email AS email, phone, customer_id AS customer,
               if(previous_id = '', user_id, concat(previous_id, ' → ', user_id)) AS login,
               if(previous_id = '', anonymous_id, '') AS device,
               if(previous_id = '', created_at, active_at) AS at,
               [if(raw_person.email = '', 0, cityHash64('email', raw_person.email)), if(phone = '', 0, cityHash64('phone', phone)),
                if(customer_id = '', 0, cityHash64('customer', customer_id)),
                if(customer_id = '', 0, cityHash64('customer', toString(source), customer_id)),
                if(user_id = '', 0, cityHash64('login', user_id)),
                if(previous_id = '', 0, cityHash64('login', previous_id)),
                if(profile_key = '', 0, cityHash64('profile', toString(source), profile_key))] AS ids
        FROM raw_person
        UNION ALL
        SELECT 'consent', toString(source), raw_consent.email, phone, customer_id, '', '', changed_at,
               [if(raw_consent.email = '', 0, cityHash64('email', raw_consent.email)), if(phone = '', 0, cityHash64('phone', phone)),
                if(customer_id = '', 0, cityHash64('customer', customer_id)), 0, 0, 0,
                if(profile_key = '', 0, cityHash64('profile', toString(source), profile_key))]
        FROM raw_consent),
    people AS (
        SELECT k.key AS key, groupUniqArray(i.person) AS people
        FROM (SELECT DISTINCT cityHash64(ids) AS key, arrayJoin(arrayFilter(id -> id != 0, ids)) AS id
              FROM named) AS k
        INNER JOIN identity AS i ON i.id = k.id
        GROUP BY key)
SELECT person, record, source, email, phone, customer, login, device, min(at) AS first_at, count() AS records
FROM (
    SELECT arrayJoin(p.people) AS person, n.record AS record, n.source AS source, n.email AS email, n.phone AS phone,
           n.customer AS customer, n.login AS login,
           if(n.device = '', '', toString(cityHash64('device', n.device))) AS device, n.at AS at
    FROM named AS n
    INNER JOIN people AS p ON p.key = cityHash64(n.ids))
GROUP BY person, record, source, email, phone, customer, login, device
