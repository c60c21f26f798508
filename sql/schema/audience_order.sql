-- name: schema/audience_order
-- Orders that stand, of known people; `at` in UTC microseconds, amount less refunds. What stands
-- behind `origin` is for live messages alone: the name by which they know the order, and what its
-- amount is made of.
CREATE TABLE IF NOT EXISTS audience_order (
    person UInt64, at Int64, day Int32, amount Nullable(Int64), nth UInt32,
    channel LowCardinality(String), device LowCardinality(String), country LowCardinality(String),
    sales_channel LowCardinality(String), campaign LowCardinality(String),
    origin LowCardinality(String), known_as String, currency LowCardinality(String),
    total Nullable(Int64), refunded Nullable(Int64))
ENGINE = MergeTree ORDER BY (person, at)
