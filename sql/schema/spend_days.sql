-- name: schema/spend_days
-- Marketing spend a day; rows of a longer period are spread evenly over its days to the last
-- minor unit. grain = days that the source's own row covered.
CREATE TABLE IF NOT EXISTS spend_days (
    source LowCardinality(String), platform LowCardinality(String),
    channel LowCardinality(String), campaign_key String, audience String, day Date32,
    grain UInt32, spent Nullable(Int64), planned Nullable(Int64), clicks Nullable(Float64),
    conversions Nullable(Float64), conversion_value Nullable(Int64),
    new_customers Nullable(Float64))
ENGINE = MergeTree ORDER BY day
