-- name: schema/audience_event
-- What known people did on site and in the app, each event once.
CREATE TABLE IF NOT EXISTS audience_event (
    person UInt64, at Int64, day Int32, event LowCardinality(String), product String,
    value Nullable(Int64), channel LowCardinality(String), device LowCardinality(String),
    platform LowCardinality(String), country LowCardinality(String),
    campaign LowCardinality(String), page String)
ENGINE = MergeTree ORDER BY (person, at)
