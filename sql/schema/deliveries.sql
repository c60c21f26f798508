-- name: schema/deliveries
-- One message to one person, with what became of it. Times are 1970 where it did not happen.
CREATE TABLE IF NOT EXISTS deliveries (
    source LowCardinality(String), person UInt64,
    channel LowCardinality(String), campaign_key String, flow_key String,
    flow_kind LowCardinality(String), step_key LowCardinality(String), plan_key String, audience String, is_personal Int8,
    sent_at DateTime64(6, 'UTC'), day Date32, delivered_at DateTime64(6, 'UTC'),
    clicked_at DateTime64(6, 'UTC'), opened_at DateTime64(6, 'UTC'),
    bounced UInt8, complained UInt8, unsubscribed UInt8)
ENGINE = MergeTree ORDER BY (person, sent_at)
