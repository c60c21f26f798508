-- name: schema/stories
-- What each known person did and was sent, for the page of one person: a short range of rows.
-- Of workspaces that are kept.
CREATE TABLE IF NOT EXISTS stories (
    person UInt64, at DateTime64(6, 'UTC'), kind LowCardinality(String),
    source LowCardinality(String), channel LowCardinality(String), device LowCardinality(String),
    detail String, amount Nullable(Int64))
ENGINE = MergeTree ORDER BY person
SETTINGS index_granularity = 256
