-- name: resolve/sessions
-- Visits out of events. Where the source numbers its sessions these are taken; otherwise a visit
-- ends after 30 minutes without an event on the device, or when somebody else logs in there. Whoever
-- logs in within it is whose visit it is, from its first event on. The channel is that of the visit's first event that
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
            if(anonymous_id = '', 0, cityHash64('device', anonymous_id)) AS device_id, session_id
        FROM raw_event
        WHERE {overlaps:UInt8} = 0
           OR (import_id, line) NOT IN (SELECT import_id, line FROM event_duplicate)),
    numbered AS (
        SELECT name, occurred_at, traits, channel_id, known_id, device_id,
               cityHash64(toString(source), device_id, session_id) AS session
        FROM e
        WHERE session_id != ''),
    -- Whom log-ins, addresses and numbers belong to, where a device was seen with them.
    people AS (
        SELECT id, person FROM identity
        WHERE id IN (SELECT known_id FROM e WHERE session_id = '' AND device_id != 0 AND known_id != 0)),
    -- `owner`: what is followed where there is no device. `last`: who was known on the device before,
    -- and in which stretch without a pause.
    stretches AS (
        SELECT *, sum(starts) OVER (PARTITION BY source, device_id, owner ORDER BY occurred_at, name, known_id
                                    ROWS UNBOUNDED PRECEDING) AS stretch
        FROM (
            SELECT e.*, if(device_id != 0, 0, known_id) AS owner,
                   multiIf(known_id = 0 OR device_id = 0, 0, people.person != 0, people.person, known_id) AS whose,
                   occurred_at - lagInFrame(occurred_at) OVER (
                       PARTITION BY source, device_id, owner ORDER BY occurred_at, name, known_id
                       ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) > 1800 AS starts
            FROM e
            LEFT ANY JOIN people ON people.id = e.known_id
            WHERE session_id = '' AND (device_id != 0 OR known_id != 0) AND name != 'order_refund')),
    unnumbered AS (
        SELECT name, occurred_at, traits, channel_id, known_id, device_id,
               cityHash64(toString(source), device_id, owner, 'gap',
                          sum(starts OR (whose != 0 AND last.1 = stretch AND last.2 NOT IN (0, whose))) OVER (
                              PARTITION BY source, device_id, owner ORDER BY occurred_at, name, known_id
                              ROWS UNBOUNDED PRECEDING)) AS session
        FROM (
            SELECT *, anyLastIf((stretch, whose), whose != 0) OVER (
                       PARTITION BY source, device_id, owner ORDER BY occurred_at, name, known_id
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS last
            FROM stretches))
SELECT
    s.session, t.source, if(i.person != 0, i.person, s.who) AS person, i.person != 0 OR s.known != 0 AS identified,
    s.device_id, s.started_at, toDate32(s.started_at, {tz:String}) AS day,
    t.platform, t.device, t.country, if(c.channel = '', 'Direct', c.channel) AS channel,
    s.page_views, s.product_views, s.carts, s.checkouts, s.orders, s.signups, s.cart_at
FROM (
    SELECT
        session, device_id, toUInt64(bitAnd(known_at, 0xFFFFFFFFFFFFFFFF)) AS known,
        if(known != 0, known, device_id) AS who, started_at, traits,
        if(channel_at = bitNot(toUInt128(0)), 0,
           toUInt64(bitAnd(channel_at, 0xFFFFFFFFFFFFFFFF))) AS channel_id,
        bitAnd(views, 0xFFFFFFFF) AS page_views, bitShiftRight(views, 32) AS product_views,
        bitAnd(baskets, 0xFFFFFFFF) AS carts, bitShiftRight(baskets, 32) AS checkouts,
        bitAnd(ends, 0xFFFFFFFF) AS orders, bitShiftRight(ends, 32) AS signups,
        if(cart_us = 0x7FFFFFFFFFFFFFFF, toDateTime64(0, 6, 'UTC'),
           fromUnixTimestamp64Micro(cart_us, 'UTC')) AS cart_at
    FROM (
        -- Few and plain states: a time with the number that belongs to it is one number, so that
        -- of two at the same time always the same is taken; two counts of 32 bits are one sum.
        SELECT
            session, any(device_id) AS device_id, min(occurred_at) AS started_at, max(traits) AS traits,
            max(if(known_id = 0, toUInt128(0),
                   bitOr(bitShiftLeft(toUInt128(at_us), 64), toUInt128(known_id)))) AS known_at,
            min(if(channel_id = 0, bitNot(toUInt128(0)),
                   bitOr(bitShiftLeft(toUInt128(at_us), 64), toUInt128(channel_id)))) AS channel_at,
            sum(toUInt64(transform(name, ['page_view', 'product_view'], [1, 0x100000000], 0))) AS views,
            sum(toUInt64(transform(name, ['cart_add', 'cart_view', 'checkout_start'],
                                   [1, 1, 0x100000000], 0))) AS baskets,
            sum(toUInt64(transform(name, ['order_complete', 'sign_up'], [1, 0x100000000], 0))) AS ends,
            min(if(name IN ('cart_add', 'checkout_start'), at_us, 0x7FFFFFFFFFFFFFFF)) AS cart_us
        FROM (
            SELECT *, toUnixTimestamp64Micro(occurred_at) AS at_us FROM numbered
            UNION ALL
            SELECT *, toUnixTimestamp64Micro(occurred_at) FROM unnumbered)
        GROUP BY session)) AS s
LEFT ANY JOIN identity AS i ON i.id = s.who
LEFT ANY JOIN (
    SELECT cityHash64(r.source, r.platform, r.device, r.country) AS id, toString(any(r.source)) AS source,
           toString(any(r.platform)) AS platform, toString(any(r.device)) AS device,
           toString(any(r.country)) AS country
    FROM raw_event AS r GROUP BY id) AS t ON t.id = s.traits
LEFT ANY JOIN (
    SELECT cityHash64(r.channel) AS id, toString(any(r.channel)) AS channel
    FROM raw_event AS r GROUP BY id) AS c
    ON c.id = s.channel_id
SETTINGS max_insert_threads = 1, max_threads = 2, max_bytes_before_external_sort = 67108864, min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 33554432
