-- name: schema/consents
-- What a person allows, a channel; the strictest of undated words, the latest of dated ones.
CREATE TABLE IF NOT EXISTS consents (
    person UInt64, channel LowCardinality(String), state LowCardinality(String),
    changed_at DateTime64(6, 'UTC'), has_date UInt8, has_origin UInt8)
ENGINE = MergeTree ORDER BY (channel, person)
