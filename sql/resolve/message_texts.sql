-- name: resolve/message_texts
-- So that deliveries can be put together out of numbers.
INSERT INTO message_texts
SELECT cityHash64(text), text
FROM (
    SELECT arrayJoin(arrayDistinct(arrayConcat(sources, channels, campaigns, flows, kinds, steps, plans, audiences))) AS text
    FROM (
        SELECT
            groupUniqArray(toString(source)) AS sources, groupUniqArray(toString(channel)) AS channels,
            groupUniqArray(toString(campaign_key)) AS campaigns, groupUniqArray(toString(flow_key)) AS flows,
            groupUniqArray(toString(flow_kind)) AS kinds, groupUniqArray(toString(step_key)) AS steps,
            groupUniqArray(toString(plan_key)) AS plans,
            groupUniqArray(toString(audience)) AS audiences
        FROM raw_message
        WHERE message_key != ''))
