-- name: schema/stage_event
-- Rows of imports under way; they move to raw_event when their file is complete. An import
-- that is tried again drops its rows here first, so that no window of tokens is kept.
CREATE TABLE IF NOT EXISTS stage_event
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    event_key String,
    name LowCardinality(String),
    occurred_at DateTime64(6, 'UTC'),
    anonymous_id String,
    user_id String,
    customer_id String,
    email String,
    phone String,
    session_id String,
    platform LowCardinality(String),
    device LowCardinality(String),
    country LowCardinality(String),
    utm_source LowCardinality(String),
    utm_medium LowCardinality(String),
    utm_campaign LowCardinality(String),
    click_id LowCardinality(String),
    referrer String,
    page String,
    channel LowCardinality(String),
    order_key String,
    product_key String,
    value Nullable(Int64),
    currency LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY tuple()
