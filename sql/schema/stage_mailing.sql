-- name: schema/stage_mailing
-- Rows of imports under way; they move to raw_mailing when their file is complete. An import
-- that is tried again drops its rows here first, so that no window of tokens is kept.
CREATE TABLE IF NOT EXISTS stage_mailing
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    kind LowCardinality(String),
    item_key String,
    name String,
    step_key String,
    step_name String,
    flow_kind LowCardinality(String),
    subject String,
    channel LowCardinality(String),
    status LowCardinality(String),
    audience LowCardinality(String),
    tags String,
    sent_at DateTime64(6, 'UTC'),
    day Date32,
    recipients Nullable(Int64),
    delivered Nullable(Int64),
    opens Nullable(Int64),
    clicks Nullable(Int64),
    orders Nullable(Int64),
    revenue Nullable(Int64),
    currency LowCardinality(String),
    bounces Nullable(Int64),
    complaints Nullable(Int64),
    unsubscribes Nullable(Int64)
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (source, kind, item_key)
