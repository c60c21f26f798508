-- name: audience/make_message
-- What has no time of its own has the message's.
-- params: tz String, fold_from String, fold_to String
INSERT INTO audience_message
SELECT person, toUnixTimestamp64Micro(step.2), toInt32(toDate32(step.2, {tz:String})), step.1,
       translateUTF8(toString(channel), {fold_from:String}, {fold_to:String}),
       translateUTF8(campaign_key, {fold_from:String}, {fold_to:String}),
       translateUTF8(flow_key, {fold_from:String}, {fold_to:String}),
       translateUTF8(toString(flow_kind), {fold_from:String}, {fold_to:String})
FROM deliveries
ARRAY JOIN arrayFilter(s -> s.2 > toDateTime64(0, 6, 'UTC'),
    [('sent', sent_at), ('delivered', delivered_at), ('opened', opened_at), ('clicked', clicked_at),
     ('bounced', if(bounced, sent_at, toDateTime64(0, 6, 'UTC'))),
     ('complained', if(complained, sent_at, toDateTime64(0, 6, 'UTC'))),
     ('unsubscribed', if(unsubscribed, sent_at, toDateTime64(0, 6, 'UTC')))]) AS step
WHERE person != 0
SETTINGS max_insert_threads = 2, min_insert_block_size_rows = 262144, min_insert_block_size_bytes = 33554432
