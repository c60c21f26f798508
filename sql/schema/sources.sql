-- name: schema/sources
-- Which source feeds which kind of data, and how fresh it is.
CREATE TABLE IF NOT EXISTS sources (
    need LowCardinality(String), source String, records UInt64, newest_at DateTime64(6, 'UTC'))
ENGINE = MergeTree ORDER BY (need, source)
