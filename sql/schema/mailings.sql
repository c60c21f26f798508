-- name: schema/mailings
-- Totals of campaigns and of flow messages a day, latest export wins; money in the reporting
-- currency.
CREATE TABLE IF NOT EXISTS mailings (
    source LowCardinality(String), kind LowCardinality(String), item_key String, name String,
    step_key String, flow_kind LowCardinality(String), channel LowCardinality(String),
    status LowCardinality(String), audience String, day Date32, recipients Nullable(Int64),
    delivered Nullable(Int64), opens Nullable(Int64), clicks Nullable(Int64),
    orders Nullable(Int64), revenue Nullable(Int64), bounces Nullable(Int64),
    complaints Nullable(Int64), unsubscribes Nullable(Int64))
ENGINE = MergeTree ORDER BY (kind, day)
