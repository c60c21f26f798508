-- name: resolve/deliveries
-- One row a message, out of its events. Opens and clicks by machines do not count. A message's state
-- is numbers only: ids of texts, of which the greatest counts where its events tell different ones,
-- and times in microseconds.
-- params: tz String, scoped UInt8
INSERT INTO deliveries
SELECT
    source.text, if(i.person != 0, i.person, m.known_id) AS person, channel.text, campaign.text,
    flow.text, kind.text, step.text, plan.text, audience.text, m.is_personal,
    fromUnixTimestamp64Micro(if(m.sent_us > 0 AND m.sent_us < 0x7FFFFFFFFFFFFFFF, m.sent_us, m.first_us), 'UTC') AS sent_at,
    toDate32(sent_at, {tz:String}) AS day,
    fromUnixTimestamp64Micro(if(m.delivered_us = 0x7FFFFFFFFFFFFFFF, 0, m.delivered_us), 'UTC'),
    fromUnixTimestamp64Micro(if(m.clicked_us = 0x7FFFFFFFFFFFFFFF, 0, m.clicked_us), 'UTC'),
    fromUnixTimestamp64Micro(if(m.opened_us = 0x7FFFFFFFFFFFFFFF, 0, m.opened_us), 'UTC'),
    bitTest(m.fate, 0), bitTest(m.fate, 1), bitTest(m.fate, 2)
FROM (
    SELECT
        cityHash64(source, message_key) AS message, max(cityHash64(source)) AS source_id,
        max(multiIf(
            customer_id != '' AND {scoped:UInt8} = 1, cityHash64('customer', toString(source), customer_id),
            customer_id != '', cityHash64('customer', customer_id),
            email != '', cityHash64('email', email),
            phone != '', cityHash64('phone', phone),
            profile_key != '', cityHash64('profile', toString(source), profile_key),
            0)) AS known_id,
        max(if(channel = '', 0, cityHash64(channel))) AS channel_id,
        max(if(campaign_key = '', 0, cityHash64(campaign_key))) AS campaign_id,
        max(if(flow_key = '', 0, cityHash64(flow_key))) AS flow_id,
        max(if(flow_kind = '', 0, cityHash64(flow_kind))) AS kind_id,
        max(if(step_key = '', 0, cityHash64(step_key))) AS step_id,
        max(if(plan_key = '', 0, cityHash64(plan_key))) AS plan_id,
        max(if(audience = '', 0, cityHash64(audience))) AS audience_id,
        max(is_personal) AS is_personal,
        min(toUnixTimestamp64Micro(occurred_at) AS at_us) AS first_us,
        min(if(name = 'sent', at_us, 0x7FFFFFFFFFFFFFFF)) AS sent_us,
        min(if(name = 'delivered', at_us, 0x7FFFFFFFFFFFFFFF)) AS delivered_us,
        min(if(name = 'clicked' AND is_machine != 1, at_us, 0x7FFFFFFFFFFFFFFF)) AS clicked_us,
        min(if(name = 'opened' AND is_machine != 1, at_us, 0x7FFFFFFFFFFFFFFF)) AS opened_us,
        groupBitOr(toUInt8(transform(name, ['bounced', 'complained', 'unsubscribed'], [1, 2, 4], 0))) AS fate
    FROM raw_message
    WHERE message_key != ''
    GROUP BY message) AS m
LEFT ANY JOIN identity AS i ON i.id = m.known_id
LEFT ANY JOIN message_texts AS source ON source.id = m.source_id
LEFT ANY JOIN message_texts AS channel ON channel.id = m.channel_id
LEFT ANY JOIN message_texts AS campaign ON campaign.id = m.campaign_id
LEFT ANY JOIN message_texts AS flow ON flow.id = m.flow_id
LEFT ANY JOIN message_texts AS kind ON kind.id = m.kind_id
LEFT ANY JOIN message_texts AS step ON step.id = m.step_id
LEFT ANY JOIN message_texts AS plan ON plan.id = m.plan_id
LEFT ANY JOIN message_texts AS audience ON audience.id = m.audience_id
SETTINGS max_insert_threads = 2, min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 33554432
