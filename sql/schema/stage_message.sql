-- name: schema/stage_message
-- Rows of imports under way; they move to raw_message when their file is complete. An import
-- that is tried again drops its rows here first, so that no window of tokens is kept.
CREATE TABLE IF NOT EXISTS stage_message
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    message_key String,
    name LowCardinality(String),
    occurred_at DateTime64(6, 'UTC'),
    channel LowCardinality(String),
    campaign_key LowCardinality(String),
    flow_key LowCardinality(String),
    flow_kind LowCardinality(String),
    step_key LowCardinality(String),
    plan_key LowCardinality(String),
    audience LowCardinality(String),
    profile_key String,
    email String,
    phone String,
    customer_id String,
    is_machine Int8,
    is_personal Int8
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY tuple()
