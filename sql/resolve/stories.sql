-- name: resolve/stories
-- Orders, visits, messages and consent of known people. In the order of people, so that one
-- person's rows lie in one place of one part.
INSERT INTO stories
SELECT person, at, kind, source, channel, device, detail, amount
FROM (
    SELECT person, ordered_at AS at, if(kind = 'return', 'return', 'order') AS kind, toString(source) AS source,
           toString(channel) AS channel, toString(device) AS device,
           concat(number, if(status = '', '', concat(' ', status))) AS detail, net AS amount
    FROM orders WHERE person != 0
    UNION ALL
    SELECT person, started_at, 'visit', toString(source), toString(channel), toString(device),
           concat(toString(platform), if(orders > 0, ' order', if(checkouts > 0, ' checkout', if(carts > 0, ' cart',
                  if(product_views > 0, ' product', ''))))), NULL
    FROM sessions WHERE person != 0 AND identified = 1
    UNION ALL
    SELECT person, sent_at, multiIf(clicked_at > toDateTime64(0, 6, 'UTC'), 'message_clicked',
                                    opened_at > toDateTime64(0, 6, 'UTC'), 'message_opened', 'message'),
           toString(source), toString(channel), '', if(campaign_key != '', campaign_key, flow_key), NULL
    FROM deliveries WHERE person != 0
    UNION ALL
    SELECT person, changed_at, 'consent', '', toString(channel), '', toString(state), NULL
    FROM consents WHERE person != 0)
ORDER BY person
