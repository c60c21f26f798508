-- name: schema/activities
-- The team's log, each entry once.
CREATE TABLE IF NOT EXISTS activities (
    kind LowCardinality(String), name String, dimension LowCardinality(String), person String,
    channel LowCardinality(String), started_at DateTime64(6, 'UTC'),
    due_at DateTime64(6, 'UTC'), closed_at DateTime64(6, 'UTC'), status LowCardinality(String),
    outcome String, value Nullable(Float64), sample Nullable(Int64), has_control Int8)
ENGINE = MergeTree ORDER BY (kind, started_at)
