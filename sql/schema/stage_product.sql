-- name: schema/stage_product
-- Rows of imports under way; they move to raw_product when their file is complete. An import
-- that is tried again drops its rows here first, so that no window of tokens is kept.
CREATE TABLE IF NOT EXISTS stage_product
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    product_key String,
    sku String,
    title String,
    vendor LowCardinality(String),
    category LowCardinality(String),
    status LowCardinality(String),
    price Nullable(Int64),
    currency LowCardinality(String),
    created_at DateTime64(6, 'UTC'),
    product_id String,
    updated_at DateTime64(6, 'UTC'),
    url String,
    image String
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (source, product_key)
