-- name: schema/stage_traffic
-- Rows of imports under way; they move to raw_traffic when their file is complete. An import
-- that is tried again drops its rows here first, so that no window of tokens is kept.
CREATE TABLE IF NOT EXISTS stage_traffic
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    dimensions LowCardinality(String),
    day_from Date32,
    day_to Date32,
    channel LowCardinality(String),
    utm_source LowCardinality(String),
    utm_medium LowCardinality(String),
    utm_campaign LowCardinality(String),
    device LowCardinality(String),
    country LowCardinality(String),
    page String,
    sessions Nullable(Int64),
    engaged_sessions Nullable(Int64),
    users Nullable(Int64),
    new_users Nullable(Int64),
    views Nullable(Int64),
    product_views Nullable(Int64),
    carts Nullable(Int64),
    checkouts Nullable(Int64),
    purchases Nullable(Int64),
    revenue Nullable(Int64),
    currency LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (source, dimensions, day_from)
