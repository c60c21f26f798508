-- name: direct/person
-- One person's story, the newest first: orders, visits, messages and what they allowed.
-- params: person UInt64, limit UInt32, offset UInt32
-- columns: at DateTime64(6, 'UTC'), kind String, source String, channel String, device String,
--   detail String, amount Nullable(Int64)
SELECT at, kind, source, channel, device, detail, amount
FROM (
    SELECT ordered_at AS at, if(kind = 'return', 'return', 'order') AS kind, toString(source) AS source,
           toString(channel) AS channel, toString(device) AS device,
           concat(number, if(status = '', '', concat(' ', status))) AS detail, net AS amount
    FROM orders WHERE person = {person:UInt64}
    UNION ALL
    SELECT started_at, 'visit', toString(source), toString(channel), toString(device),
           concat(toString(platform), if(orders > 0, ' order', if(checkouts > 0, ' checkout', if(carts > 0, ' cart',
                  if(product_views > 0, ' product', ''))))), NULL
    FROM sessions WHERE person = {person:UInt64}
    UNION ALL
    SELECT sent_at, multiIf(clicked_at > toDateTime64(0, 6, 'UTC'), 'message_clicked',
                            opened_at > toDateTime64(0, 6, 'UTC'), 'message_opened', 'message'),
           toString(source), toString(channel), '', if(campaign_key != '', campaign_key, flow_key), NULL
    FROM deliveries WHERE person = {person:UInt64}
    UNION ALL
    SELECT changed_at, 'consent', '', toString(channel), '', toString(state), NULL
    FROM consents WHERE person = {person:UInt64})
ORDER BY at DESC, kind, detail, source, channel, device, amount
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
