-- name: schema/stage_consent
-- Rows of imports under way; they move to raw_consent when their file is complete. A repeated insert
-- with the same token is dropped.
CREATE TABLE IF NOT EXISTS stage_consent
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    profile_key String,
    email String,
    phone String,
    customer_id String,
    channel LowCardinality(String),
    state LowCardinality(String),
    changed_at DateTime64(6, 'UTC'),
    method LowCardinality(String),
    proof String
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (email, changed_at)
SETTINGS non_replicated_deduplication_window = 1000
