-- name: schema/stage_activity
-- Rows of imports under way; they move to raw_activity when their file is complete. An import
-- that is tried again drops its rows here first, so that no window of tokens is kept.
CREATE TABLE IF NOT EXISTS stage_activity
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    activity_key String,
    kind LowCardinality(String),
    name String,
    dimension LowCardinality(String),
    person LowCardinality(String),
    channel LowCardinality(String),
    started_at DateTime64(6, 'UTC'),
    due_at DateTime64(6, 'UTC'),
    closed_at DateTime64(6, 'UTC'),
    status LowCardinality(String),
    outcome String,
    value Nullable(Float64),
    sample Nullable(Int64),
    has_control Int8,
    note String
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (kind, activity_key)
