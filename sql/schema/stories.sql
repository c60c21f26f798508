-- name: schema/stories
-- What each known person did and was sent, for the page of one person: a short range of rows.
-- Of workspaces that are kept. One file a part: a third less work for so few rows than one a column.
CREATE TABLE IF NOT EXISTS stories (
    person UInt64, at DateTime64(6, 'UTC'), kind LowCardinality(String),
    source LowCardinality(String), channel LowCardinality(String), device LowCardinality(String),
    detail String, amount Nullable(Int64))
ENGINE = MergeTree ORDER BY person
SETTINGS index_granularity = 256, min_bytes_for_wide_part = 1000000000000,
    min_rows_for_wide_part = 1000000000000
