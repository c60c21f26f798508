-- name: schema/stage_spend
-- Rows of imports under way; they move to raw_spend when their file is complete. An import
-- that is tried again drops its rows here first, so that no window of tokens is kept.
CREATE TABLE IF NOT EXISTS stage_spend
(
    import_id UInt32,
    source LowCardinality(String),
    line UInt64,
    platform LowCardinality(String),
    channel LowCardinality(String),
    campaign_key LowCardinality(String),
    campaign String,
    audience LowCardinality(String),
    day_from Date32,
    day_to Date32,
    currency LowCardinality(String),
    spent Nullable(Int64),
    planned Nullable(Int64),
    impressions Nullable(Int64),
    clicks Nullable(Int64),
    conversions Nullable(Float64),
    conversion_value Nullable(Int64),
    new_customers Nullable(Int64),
    attribution LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY import_id
ORDER BY (source, platform, campaign_key, day_from)
