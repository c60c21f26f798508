-- name: schema/audience_message
-- A row for each thing that became of a message; opens and clicks by machines are none.
CREATE TABLE IF NOT EXISTS audience_message (
    person UInt64, at Int64, day Int32, kind LowCardinality(String),
    channel LowCardinality(String), campaign LowCardinality(String), flow LowCardinality(String),
    flow_kind LowCardinality(String))
ENGINE = MergeTree ORDER BY (person, at)
