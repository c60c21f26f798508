-- name: resolve/mailings
-- Totals of campaigns and flows from the latest export of each.
-- params: tz String
INSERT INTO mailings
SELECT
    m.source, m.kind, m.item_key, m.name, m.step_key, m.flow_kind,
    if(m.channel = '', 'email', m.channel) AS channel, m.status, m.audience, m.local_day,
    m.recipients, m.delivered, m.opens, m.clicks, m.orders,
    toInt64(round(m.revenue * nullIf(r.factor, 0))) AS revenue,
    m.bounces, m.complaints, m.unsubscribes
FROM (
    SELECT *, if(day > toDate32('1970-01-01'), day, toDate32(sent_at, {tz:String})) AS local_day
    FROM raw_mailing
    ORDER BY import_id DESC, line DESC
    LIMIT 1 BY source, kind, item_key, name, step_key, channel, local_day) AS m
ASOF LEFT JOIN currency_rate AS r ON r.currency = m.currency AND m.local_day >= r.day
