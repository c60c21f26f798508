-- name: schema/raw_message
-- What happened to single messages, as imported: columns of shop/record.h, one partition an import.
-- Rows stay as they come: all of them are read at once, and sorting them took half of their import.
CREATE TABLE IF NOT EXISTS raw_message
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
