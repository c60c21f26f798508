-- name: schema/stage_line
-- Rows of imports under way; they move to raw_line when their file is complete. An import
-- that is tried again drops its rows here first, so that no window of tokens is kept.
CREATE TABLE IF NOT EXISTS stage_line
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    order_key String,
    product_key String,
    sku String,
    title String,
    vendor LowCardinality(String),
    category LowCardinality(String),
    quantity Nullable(Float64),
    unit_price Nullable(Int64),
    discount Nullable(Int64),
    total Nullable(Int64),
    currency LowCardinality(String),
    updated_at DateTime64(6, 'UTC')
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (source, order_key)
