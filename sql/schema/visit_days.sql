-- name: schema/visit_days
-- Visits a day and their steps, from events (dimensions = events) or from analytics reports,
-- whose sets of dimensions are never added together. spread = the report covered a period and
-- was spread over its days.
CREATE TABLE IF NOT EXISTS visit_days (
    source LowCardinality(String), dimensions LowCardinality(String), spread UInt8, day Date32,
    channel LowCardinality(String), device LowCardinality(String), sessions Float64,
    product_views Nullable(Float64), carts Nullable(Float64), checkouts Nullable(Float64),
    purchases Nullable(Float64))
ENGINE = MergeTree ORDER BY (dimensions, day)
