-- name: schema/sessions
-- Visits of one device, with what was done in them. session = cityHash64(source, device, the
-- source's own session id) where the source numbers its sessions.
CREATE TABLE IF NOT EXISTS sessions (
    session UInt64, source LowCardinality(String), person UInt64, identified UInt8, anonymous UInt64,
    started_at DateTime64(6, 'UTC'), day Date32, platform LowCardinality(String),
    device LowCardinality(String), country LowCardinality(String), channel LowCardinality(String),
    page_views UInt32, product_views UInt32, carts UInt32, checkouts UInt32, orders UInt32,
    signups UInt32, cart_at DateTime64(6, 'UTC'))
ENGINE = MergeTree ORDER BY (person, started_at)
