-- name: schema/sessions
-- Visits of one device, with what was done in them.
CREATE TABLE IF NOT EXISTS sessions (
    source LowCardinality(String), person UInt64, identified UInt8, anonymous UInt64,
    started_at DateTime64(6, 'UTC'), day Date32, platform LowCardinality(String),
    device LowCardinality(String), country LowCardinality(String), channel LowCardinality(String),
    page_views UInt32, product_views UInt32, carts UInt32, checkouts UInt32, orders UInt32,
    signups UInt32, cart_at DateTime64(6, 'UTC'), order_numbers Array(String))
ENGINE = MergeTree ORDER BY (person, started_at)
