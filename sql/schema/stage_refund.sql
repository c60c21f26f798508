-- name: schema/stage_refund
-- Rows of imports under way; they move to raw_refund when their file is complete. An import
-- that is tried again drops its rows here first, so that no window of tokens is kept.
CREATE TABLE IF NOT EXISTS stage_refund
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
