-- name: schema/raw_person
-- People as one source knows them, as imported: columns of shop/record.h, one partition an import.
CREATE TABLE IF NOT EXISTS raw_person
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    profile_key String,
    email String,
    phone String,
    customer_id String,
    user_id String,
    anonymous_id String,
    first_name String,
    last_name String,
    country LowCardinality(String),
    region LowCardinality(String),
    city String,
    postal_code String,
    language LowCardinality(String),
    tags String,
    signup_source LowCardinality(String),
    created_at DateTime64(6, 'UTC'),
    active_at DateTime64(6, 'UTC'),
    claimed_orders Nullable(Int64),
    claimed_spent Nullable(Int64),
    currency LowCardinality(String),
    updated_at DateTime64(6, 'UTC'),
    is_deleted Int8,
    previous_id String,
    birthday LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (source, profile_key)
