-- name: resolve/deliveries
-- One row a message, out of its events. Opens and clicks by machines do not count.
-- params: tz String, scoped UInt8
INSERT INTO deliveries
SELECT
    m.source, m.message_key,
    if(i.person != 0, i.person, m.known_id) AS person,
    m.channel, m.campaign_key, m.flow_key, m.flow_kind, m.plan_key, m.audience, m.is_personal,
    if(m.sent_at > toDateTime64(0, 6, 'UTC'), m.sent_at, m.first_at) AS sent_at,
    toDate32(sent_at, {tz:String}) AS day,
    m.delivered_at, m.clicked_at, m.opened_at, m.bounced, m.complained, m.unsubscribed
FROM (
    SELECT
        toString(raw_message.source) AS source, message_key,
        max(multiIf(
            customer_id != '' AND {scoped:UInt8} = 1, cityHash64('customer', toString(raw_message.source), customer_id),
            customer_id != '', cityHash64('customer', customer_id),
            email != '', cityHash64('email', email),
            phone != '', cityHash64('phone', phone),
            profile_key != '', cityHash64('profile', toString(raw_message.source), profile_key),
            0)) AS known_id,
        max(toString(raw_message.channel)) AS channel, max(campaign_key) AS campaign_key,
        max(flow_key) AS flow_key, max(toString(raw_message.flow_kind)) AS flow_kind,
        max(plan_key) AS plan_key, max(audience) AS audience, max(is_personal) AS is_personal,
        minIf(occurred_at, name = 'sent') AS sent_at, min(occurred_at) AS first_at,
        minIf(occurred_at, name = 'delivered') AS delivered_at,
        minIf(occurred_at, name = 'clicked' AND is_machine != 1) AS clicked_at,
        minIf(occurred_at, name = 'opened' AND is_machine != 1) AS opened_at,
        max(name = 'bounced') AS bounced, max(name = 'complained') AS complained,
        max(name = 'unsubscribed') AS unsubscribed
    FROM raw_message
    WHERE message_key != ''
    GROUP BY source, message_key) AS m
LEFT ANY JOIN identity AS i ON i.id = m.known_id
SETTINGS max_insert_threads = 2
