-- name: resolve/orders
-- The order ledger from the latest word on each order, with its person, its money in the reporting
-- currency and the channel of the visit in which analytics saw it. The latest word is that of the
-- latest export, or of a webhook that knows of a later change: an export is at least as new as the
-- newest time in it and in the exports before it. Of two webhooks on the same instant the one
-- further on in an order's life counts, so that no order of arrival makes a difference.
-- params: tz String, scoped UInt8
INSERT INTO orders
WITH
    toDateTime64(0, 6, 'UTC') AS never,
    -- Webhooks know an order by the source's own number of it, exports by its name.
    ids AS (
        SELECT source AS known_source, plain_number AS known_number, groupArray((at, order_key)) AS choice
        FROM (SELECT source, trim(LEADING '#' FROM number) AS plain_number, order_key, min(ordered_at) AS at
              FROM raw_order WHERE updated_at > never AND number != '' GROUP BY source, plain_number, order_key)
        GROUP BY source, plain_number),
    exports AS (
        SELECT source AS export_source, import_id AS export_id,
               max(newest) OVER (PARTITION BY source ORDER BY import_id) AS as_of
        FROM (SELECT source, import_id, maxIf(at, at <= now64(6)) AS newest
              FROM (SELECT source, import_id, greatest(ordered_at, paid_at, cancelled_at) AS at
                    FROM raw_order WHERE updated_at = never)
              GROUP BY source, import_id)),
    said AS (
        SELECT *, trim(LEADING '#' FROM if(number = '', order_key, number)) AS plain_number, updated_at > never AS is_live
        FROM raw_order
        WHERE is_test != 1),
    latest AS (
        SELECT *,
            if(is_live OR empty(i.choice), r.order_key,
               arraySort(c -> abs(dateDiff('second', c.1, r.ordered_at)), i.choice)[1].2) AS id,
            multiIf(
                customer_id != '' AND {scoped:UInt8} = 1, cityHash64('customer', toString(source), customer_id),
                customer_id != '', cityHash64('customer', customer_id),
                user_id != '', cityHash64('login', user_id),
                email != '', cityHash64('email', email),
                phone != '', cityHash64('phone', phone),
                0) AS known_id,
            toDate32(ordered_at, {tz:String}) AS day
        FROM said AS r
        LEFT ANY JOIN ids AS i ON i.known_source = r.source AND i.known_number = r.plain_number
        LEFT ANY JOIN exports AS e ON e.export_source = r.source AND e.export_id = r.import_id
        ORDER BY if(is_live, r.updated_at, e.as_of) DESC, is_live,
            if(is_live, indexOf(['draft', 'failed', 'pending', 'paid', 'partially_refunded', 'refunded',
                                   'cancelled', 'deleted'], toString(r.status)), 0) DESC,
            if(is_live, coalesce(r.refunded, 0), 0) DESC, if(is_live, r.paid_at, never) DESC,
            if(is_live, cityHash64(coalesce(r.total, 0), coalesce(r.subtotal, 0), coalesce(r.tax, 0), r.email, r.phone,
                                   r.customer_id, r.cancelled_at, r.channel, r.country), 0) DESC,
            r.import_id DESC, r.line DESC
        LIMIT 1 BY source, id),
    -- Where an order came from, which exports do not tell.
    origin AS (
        SELECT source, order_key, argMaxIf(toString(channel), (updated_at, toString(channel)), channel != '') AS channel,
               argMaxIf(toString(device), (updated_at, toString(device)), device != '') AS device,
               argMaxIf(toString(utm_campaign), (updated_at, toString(utm_campaign)), utm_campaign != '') AS campaign
        FROM raw_order WHERE updated_at > never AND is_test != 1
        GROUP BY source, order_key),
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
            l.source AS source, l.order_key AS order_key, l.id AS id, l.plain_number AS number, l.import_id AS import_id,
            l.known_id AS known_id, l.line AS line, l.is_live AS is_live, l.ordered_at AS ordered_at, l.day AS day,
            if(l.kind = '', 'sale', l.kind) AS kind, l.status AS status, l.currency AS currency,
            l.kind != 'return' AND l.status NOT IN ('cancelled', 'failed', 'draft', 'voided', 'deleted')
                AND l.cancelled_at <= toDateTime64(0, 6, 'UTC') AND coalesce(l.total, 0) >= 0 AS valid,
            nullIf(r.factor, 0) AS factor, l.total AS total,
            greatest(coalesce(l.refunded, 0), coalesce(b.amount, 0)) AS refunded,
            if(l.channel != '', toString(l.channel), g.channel) AS own_channel,
            if(l.device != '', toString(l.device), g.device) AS own_device,
            if(l.utm_campaign != '', toString(l.utm_campaign), g.campaign) AS own_campaign,
            l.sales_channel AS sales_channel, l.country AS country
        FROM latest AS l
        LEFT JOIN back AS b ON b.source = l.source AND b.order_key = l.id
        LEFT ANY JOIN origin AS g ON g.source = l.source AND g.order_key = l.id
        ASOF LEFT JOIN currency_rate AS r ON r.currency = l.currency AND l.day >= r.day
        WHERE l.status != 'deleted')
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
       countIf(p.valid) OVER (PARTITION BY person ORDER BY p.ordered_at, p.order_key), 0) AS nth,
    p.own_campaign, p.line, p.is_live, p.id
FROM priced AS p
LEFT ANY JOIN identity AS i ON i.id = p.known_id
LEFT ANY JOIN seen AS s ON s.seen_number = p.number
LEFT ANY JOIN seen AS k ON k.seen_number = p.order_key
