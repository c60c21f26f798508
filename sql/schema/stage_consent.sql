-- name: schema/stage_consent
-- Rows of imports under way; they move to raw_consent when their file is complete. An import
-- that is tried again drops its rows here first, so that no window of tokens is kept.
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
    proof String,
    wording LowCardinality(String),
    page String,
    ip String,
    agent String
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (email, changed_at)
