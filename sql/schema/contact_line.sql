-- name: schema/contact_line
-- What known people bought, by orders that stand; price in minor units of the reporting currency.
CREATE TABLE IF NOT EXISTS contact_line (
    person UInt64, at DateTime64(6, 'UTC'), source LowCardinality(String), order_key String,
    product String, title String, quantity Nullable(Float64), price Nullable(Int64))
ENGINE = MergeTree ORDER BY (person, at)
SETTINGS index_granularity = 256
