-- name: schema/raw_consent
-- What people allowed or forbade, as imported: columns of shop/record.h, one partition an import.
CREATE TABLE IF NOT EXISTS raw_consent
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
