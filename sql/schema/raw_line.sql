-- name: schema/raw_line
-- Lines of orders, as imported: columns of shop/record.h, one partition an import.
CREATE TABLE IF NOT EXISTS raw_line
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
