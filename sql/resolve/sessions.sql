-- name: resolve/sessions
-- Visits out of events. Where the source numbers its sessions these are taken; otherwise a visit
-- ends after 30 minutes without an event. The channel is that of the visit's first event that
-- tells one other than Direct. Repeated events are looked for only where imports overlap.
-- params: tz String, scoped UInt8, overlaps UInt8
INSERT INTO sessions
WITH
    -- What an event says beside its time and name comes in few combinations: a number stands for
    -- each, so that a visit's state is numbers only.
    e AS (
        SELECT
            source, name, occurred_at,
            cityHash64(source, platform, device, country) AS traits,
            if(channel IN ('', 'Direct', 'Unassigned'), 0, cityHash64(channel)) AS channel_id,
            multiIf(
                customer_id != '' AND {scoped:UInt8} = 1,
                    cityHash64('customer', toString(source), customer_id),
                customer_id != '', cityHash64('customer', customer_id),
                user_id != '', cityHash64('login', user_id),
                email != '', cityHash64('email', email),
                phone != '', cityHash64('phone', phone),
                0) AS known_id,
            if(anonymous_id = '', 0, cityHash64('device', anonymous_id)) AS device_id,
            anonymous_id, session_id
        FROM raw_event
        WHERE {overlaps:UInt8} = 0
           OR (import_id, line) NOT IN (SELECT import_id, line FROM event_duplicate)),
    numbered AS (
        SELECT name, occurred_at, traits, channel_id, known_id, device_id, anonymous_id,
               cityHash64(toString(source), device_id, session_id) AS session
        FROM e
        WHERE session_id != ''),
    unnumbered AS (
        SELECT name, occurred_at, traits, channel_id, known_id, device_id,
               cityHash64(toString(source), device_id, known_id, 'gap',
                          sum(starts) OVER (PARTITION BY source, device_id, known_id
                                            ORDER BY occurred_at, name
                                            ROWS UNBOUNDED PRECEDING)) AS session
        FROM (
            SELECT *, occurred_at - lagInFrame(occurred_at) OVER (
                       PARTITION BY source, device_id, known_id ORDER BY occurred_at, name
                       ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) > 1800 AS starts
            FROM e
            WHERE session_id = '' AND (device_id != 0 OR known_id != 0) AND name != 'order_refund'))
SELECT
    s.session, t.source,
    multiIf(i.person != 0, i.person, s.known != 0, s.known, d.person != 0, d.person, s.device_id) AS person,
    i.person != 0 OR s.known != 0 OR d.person != 0 AS identified,
    s.device_id, s.started_at, toDate32(s.started_at, {tz:String}) AS day,
    t.platform, t.device, t.country, if(c.channel = '', 'Direct', c.channel) AS channel,
    s.page_views, s.product_views, s.carts, s.checkouts, s.orders, s.signups, s.cart_at
FROM (
    SELECT
        session, max(device_id) AS device_id, argMaxIf(known_id, occurred_at, known_id != 0) AS known,
        min(occurred_at) AS started_at, max(traits) AS traits,
        argMinIf(channel_id, occurred_at, channel_id != 0) AS channel_id,
        countIf(name = 'page_view') AS page_views, countIf(name = 'product_view') AS product_views,
        countIf(name IN ('cart_add', 'cart_view')) AS carts,
        countIf(name = 'checkout_start') AS checkouts,
        countIf(name = 'order_complete') AS orders, countIf(name = 'sign_up') AS signups,
        minIf(occurred_at, name IN ('cart_add', 'checkout_start')) AS cart_at
    FROM numbered
    GROUP BY session
    UNION ALL
    SELECT
        session, max(device_id) AS device_id, argMaxIf(known_id, occurred_at, known_id != 0) AS known,
        min(occurred_at) AS started_at, max(traits) AS traits,
        argMinIf(channel_id, occurred_at, channel_id != 0) AS channel_id,
        countIf(name = 'page_view') AS page_views, countIf(name = 'product_view') AS product_views,
        countIf(name IN ('cart_add', 'cart_view')) AS carts,
        countIf(name = 'checkout_start') AS checkouts,
        countIf(name = 'order_complete') AS orders, countIf(name = 'sign_up') AS signups,
        minIf(occurred_at, name IN ('cart_add', 'checkout_start')) AS cart_at
    FROM unnumbered
    GROUP BY session) AS s
LEFT ANY JOIN identity AS i ON i.id = s.known
LEFT ANY JOIN identity AS d ON d.id = s.device_id
LEFT ANY JOIN (
    SELECT cityHash64(r.source, r.platform, r.device, r.country) AS id, toString(any(r.source)) AS source,
           toString(any(r.platform)) AS platform, toString(any(r.device)) AS device,
           toString(any(r.country)) AS country
    FROM raw_event AS r GROUP BY id) AS t ON t.id = s.traits
LEFT ANY JOIN (
    SELECT cityHash64(r.channel) AS id, toString(any(r.channel)) AS channel
    FROM raw_event AS r GROUP BY id) AS c
    ON c.id = s.channel_id
SETTINGS max_insert_threads = 2
