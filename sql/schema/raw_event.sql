-- name: schema/raw_event
-- What people did, as imported: columns of shop/record.h, one partition an import.
-- Rows stay as they come: all of them are read at once, and sorting them took half of their import.
CREATE TABLE IF NOT EXISTS raw_event
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
