-- name: schema/raw_order
-- Orders as a shop's ledger has them, as imported: columns of shop/record.h, one partition an import.
CREATE TABLE IF NOT EXISTS raw_order
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    order_key String,
    number String,
    kind LowCardinality(String),
    status LowCardinality(String),
    ordered_at DateTime64(6, 'UTC'),
    paid_at DateTime64(6, 'UTC'),
    cancelled_at DateTime64(6, 'UTC'),
    currency LowCardinality(String),
    subtotal Nullable(Int64),
    shipping Nullable(Int64),
    tax Nullable(Int64),
    discount Nullable(Int64),
    total Nullable(Int64),
    refunded Nullable(Int64),
    discount_code String,
    email String,
    phone String,
    customer_id String,
    user_id String,
    anonymous_id String,
    sales_channel LowCardinality(String),
    utm_source LowCardinality(String),
    utm_medium LowCardinality(String),
    utm_campaign LowCardinality(String),
    attribution LowCardinality(String),
    referrer String,
    channel LowCardinality(String),
    device LowCardinality(String),
    country LowCardinality(String),
    accepts_marketing Int8,
    is_test Int8,
    updated_at DateTime64(6, 'UTC')
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (source, order_key)
