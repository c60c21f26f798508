-- name: schema/raw_refund
-- Money given back on orders, as imported: columns of shop/record.h, one partition an import.
CREATE TABLE IF NOT EXISTS raw_refund
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    refund_key String,
    order_key String,
    refunded_at DateTime64(6, 'UTC'),
    amount Nullable(Int64),
    currency LowCardinality(String),
    reason String
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (source, order_key)
