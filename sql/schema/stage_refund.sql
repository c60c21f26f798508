-- name: schema/stage_refund
-- Rows of imports under way; they move to raw_refund when their file is complete. A repeated insert
-- with the same token is dropped.
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
SETTINGS non_replicated_deduplication_window = 1000
