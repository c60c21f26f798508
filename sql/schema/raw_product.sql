-- name: schema/raw_product
-- Products on sale, as imported: columns of shop/record.h, one partition an import.
CREATE TABLE IF NOT EXISTS raw_product
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
