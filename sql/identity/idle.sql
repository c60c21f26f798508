-- name: identity/idle
-- Known people of whom nothing is told since a moment: no order or refund, no visit's event, no message
-- that they opened, clicked or answered, no word on consent, no sign-up. Who has no such sign with a
-- time was last heard of when the newest import that names them came; what is dated in the time to come
-- counts as new. By the raw records, so that whatever names one of a person's identifiers counts; who is
-- who must be fresh.
-- imports, came: when each import came, in microseconds; one that is not among them came just now.
-- params: before DateTime64(6, 'UTC'), imports Array(UInt32), came Array(Int64), now Int64
-- columns: person UInt64
WITH
    (kind, value) -> if(value = '', 0, cityHash64(kind, value)) AS id_of,
    (kind, source, value) -> if(value = '', 0, cityHash64(kind, toString(source), value)) AS own_id_of,
    (import_id) -> transform(import_id, {imports:Array(UInt32)}, {came:Array(Int64)}, {now:Int64}) AS came_of,
    told AS (
        SELECT [id_of('email', raw_person.email), id_of('phone', raw_person.phone), id_of('customer', customer_id),
                own_id_of('customer', source, customer_id), id_of('login', user_id), id_of('customer', user_id),
                id_of('login', previous_id), own_id_of('profile', source, profile_key),
                id_of('device', anonymous_id)] AS ids,
               max(greatest(created_at, active_at)) AS at, max(came_of(import_id)) AS came
        FROM raw_person GROUP BY ids
        UNION ALL
        SELECT [id_of('email', o.email), id_of('phone', o.phone), id_of('customer', o.customer_id),
                own_id_of('customer', o.source, o.customer_id), id_of('login', o.user_id),
                id_of('customer', o.user_id), id_of('device', o.anonymous_id)] AS ids,
               max(greatest(o.ordered_at, o.paid_at, o.cancelled_at, r.at)) AS at, max(came_of(o.import_id)) AS came
        FROM raw_order AS o
        LEFT JOIN (SELECT toString(source) AS from, order_key, max(refunded_at) AS at FROM raw_refund
                   GROUP BY from, order_key) AS r
            ON r.from = toString(o.source) AND r.order_key = o.order_key
        GROUP BY ids
        UNION ALL
        SELECT [id_of('email', raw_event.email), id_of('phone', raw_event.phone), id_of('customer', customer_id),
                own_id_of('customer', source, customer_id), id_of('login', user_id), id_of('customer', user_id),
                id_of('device', anonymous_id)] AS ids,
               max(occurred_at) AS at, max(came_of(import_id)) AS came
        FROM raw_event GROUP BY ids
        UNION ALL
        SELECT [id_of('email', raw_message.email), id_of('phone', raw_message.phone),
                id_of('customer', customer_id), own_id_of('customer', source, customer_id),
                own_id_of('profile', source, profile_key)] AS ids,
               maxIf(occurred_at, name NOT IN ('sent', 'delivered', 'bounced')) AS at, max(came_of(import_id)) AS came
        FROM raw_message GROUP BY ids
        UNION ALL
        SELECT [id_of('email', raw_consent.email), id_of('phone', raw_consent.phone),
                id_of('customer', customer_id), own_id_of('customer', source, customer_id),
                own_id_of('profile', source, profile_key)] AS ids,
               max(changed_at) AS at, max(came_of(import_id)) AS came
        FROM raw_consent GROUP BY ids)
SELECT person
FROM (
    SELECT i.person AS person,
           if(max(t.at) > toDateTime64(0, 6, 'UTC'), max(t.at), fromUnixTimestamp64Micro(max(t.came), 'UTC')) AS last_at
    FROM (SELECT arrayJoin(arrayFilter(id -> id != 0, ids)) AS id, at, came FROM told) AS t
    INNER JOIN identity AS i ON i.id = t.id
    GROUP BY person)
WHERE last_at < {before:DateTime64(6, 'UTC')}
ORDER BY last_at, person
