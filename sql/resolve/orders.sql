-- name: resolve/orders
-- The order ledger from the latest export of each order, with its person, its money in the
-- reporting currency and the channel of the visit in which analytics saw it.
-- params: tz String, scoped UInt8
INSERT INTO orders
WITH
    latest AS (
        SELECT *, trim(LEADING '#' FROM if(number = '', order_key, number)) AS plain_number,
            multiIf(
                customer_id != '' AND {scoped:UInt8} = 1, cityHash64('customer', toString(source), customer_id),
                customer_id != '', cityHash64('customer', customer_id),
                user_id != '', cityHash64('login', user_id),
                email != '', cityHash64('email', email),
                phone != '', cityHash64('phone', phone),
                0) AS known_id,
            toDate32(ordered_at, {tz:String}) AS day
        FROM raw_order
        WHERE is_test != 1
        ORDER BY import_id DESC, line DESC
        LIMIT 1 BY source, order_key),
    back AS (
        SELECT source, order_key, sum(amount) AS amount
        FROM (SELECT source, order_key, refund_key, amount FROM raw_refund
              ORDER BY import_id DESC, line DESC LIMIT 1 BY source, refund_key)
        GROUP BY source, order_key),
    seen AS (
        SELECT e.number AS seen_number,
               argMin(if(s.session != 0, toString(s.channel), e.channel), e.at) AS channel,
               argMin(e.device, e.at) AS device
        FROM (
            SELECT trim(LEADING '#' FROM order_key) AS number, toString(channel) AS channel,
                   toString(device) AS device, occurred_at AS at,
                   cityHash64(toString(source), if(anonymous_id = '', 0, cityHash64('device', anonymous_id)),
                              session_id) AS session
            FROM raw_event
            WHERE name = 'order_complete' AND order_key != '') AS e
        LEFT ANY JOIN (SELECT session, channel FROM sessions WHERE orders > 0) AS s ON s.session = e.session
        GROUP BY e.number),
    priced AS (
        SELECT
            l.source AS source, l.order_key AS order_key, l.plain_number AS number, l.import_id AS import_id,
            l.known_id AS known_id, l.ordered_at AS ordered_at, l.day AS day,
            if(l.kind = '', 'sale', l.kind) AS kind, l.status AS status, l.currency AS currency,
            l.kind != 'return' AND l.status NOT IN ('cancelled', 'failed', 'draft', 'voided')
                AND l.cancelled_at <= toDateTime64(0, 6, 'UTC') AND coalesce(l.total, 0) >= 0 AS valid,
            nullIf(r.factor, 0) AS factor, l.total AS total,
            greatest(coalesce(l.refunded, 0), coalesce(b.amount, 0)) AS refunded,
            l.channel AS own_channel, l.device AS own_device, l.sales_channel AS sales_channel,
            l.country AS country
        FROM latest AS l
        LEFT JOIN back AS b ON b.source = l.source AND b.order_key = l.order_key
        ASOF LEFT JOIN currency_rate AS r ON r.currency = l.currency AND l.day >= r.day)
SELECT
    p.source, p.order_key, p.number, p.import_id,
    if(i.person != 0, i.person, p.known_id) AS person, p.known_id != 0 AS identified,
    p.ordered_at, p.day, p.kind, p.status, p.valid, p.currency,
    toInt64(round(p.total * p.factor)) AS total_, toInt64(round(p.refunded * p.factor)) AS refunded_,
    multiIf(p.valid, total_ - refunded_, p.kind = 'return' AND p.status NOT IN ('failed', 'draft'), total_, 0) AS net,
    multiIf(p.own_channel != '', p.own_channel, s.channel != '', s.channel, k.channel) AS channel,
    multiIf(p.own_device != '', p.own_device, s.device != '', s.device, k.device) AS device,
    p.sales_channel, p.country,
    if(p.valid AND p.known_id != 0,
       countIf(p.valid) OVER (PARTITION BY person ORDER BY p.ordered_at, p.order_key), 0) AS nth
FROM priced AS p
LEFT ANY JOIN identity AS i ON i.id = p.known_id
LEFT ANY JOIN seen AS s ON s.seen_number = p.number
LEFT ANY JOIN seen AS k ON k.seen_number = p.order_key
