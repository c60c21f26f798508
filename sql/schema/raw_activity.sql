-- name: schema/raw_activity
-- The team's own log of how it works, as imported: columns of shop/record.h, one partition an import.
CREATE TABLE IF NOT EXISTS raw_activity
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
