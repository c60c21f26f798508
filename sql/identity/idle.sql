-- name: identity/idle
-- Known people of whom nothing is told since a moment: no order or refund, no visit's event, no message
-- that they opened, clicked or answered, no word on consent, no sign-up. Whoever is told of without
-- any time is not among them; what is dated in the time to come counts as new. By the raw records, so
-- that whatever names one of a person's identifiers counts; who is who must be fresh.
-- params: before DateTime64(6, 'UTC')
-- columns: person UInt64
WITH
    (kind, value) -> if(value = '', 0, cityHash64(kind, value)) AS id_of,
    (kind, source, value) -> if(value = '', 0, cityHash64(kind, toString(source), value)) AS own_id_of,
    told AS (
        SELECT [id_of('email', raw_person.email), id_of('phone', raw_person.phone), id_of('customer', customer_id),
                own_id_of('customer', source, customer_id), id_of('login', user_id), id_of('customer', user_id),
                id_of('login', previous_id), own_id_of('profile', source, profile_key),
                id_of('device', anonymous_id)] AS ids,
               max(greatest(created_at, active_at)) AS at
        FROM raw_person GROUP BY ids
        UNION ALL
        SELECT [id_of('email', o.email), id_of('phone', o.phone), id_of('customer', o.customer_id),
                own_id_of('customer', o.source, o.customer_id), id_of('login', o.user_id),
                id_of('customer', o.user_id), id_of('device', o.anonymous_id)] AS ids,
               max(greatest(o.ordered_at, o.paid_at, o.cancelled_at, r.at)) AS at
        FROM raw_order AS o
        LEFT JOIN (SELECT toString(source) AS from, order_key, max(refunded_at) AS at FROM raw_refund
                   GROUP BY from, order_key) AS r
            ON r.from = toString(o.source) AND r.order_key = o.order_key
        GROUP BY ids
        UNION ALL
        SELECT [id_of('email', raw_event.email), id_of('phone', raw_event.phone), id_of('customer', customer_id),
                own_id_of('customer', source, customer_id), id_of('login', user_id), id_of('customer', user_id),
                id_of('device', anonymous_id)] AS ids,
               max(occurred_at) AS at
        FROM raw_event GROUP BY ids
        UNION ALL
        SELECT [id_of('email', raw_message.email), id_of('phone', raw_message.phone),
                id_of('customer', customer_id), own_id_of('customer', source, customer_id),
                own_id_of('profile', source, profile_key)] AS ids,
               maxIf(occurred_at, name NOT IN ('sent', 'delivered', 'bounced')) AS at
        FROM raw_message GROUP BY ids
        UNION ALL
        SELECT [id_of('email', raw_consent.email), id_of('phone', raw_consent.phone),
                id_of('customer', customer_id), own_id_of('customer', source, customer_id),
                own_id_of('profile', source, profile_key)] AS ids,
               max(changed_at) AS at
        FROM raw_consent GROUP BY ids)
SELECT person
FROM (
    SELECT i.person AS person, max(t.at) AS last_at
    FROM (SELECT arrayJoin(arrayFilter(id -> id != 0, ids)) AS id, at FROM told) AS t
    INNER JOIN identity AS i ON i.id = t.id
    GROUP BY person)
WHERE last_at > toDateTime64(0, 6, 'UTC') AND last_at < {before:DateTime64(6, 'UTC')}
ORDER BY last_at, person
