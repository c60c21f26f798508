-- name: schema/audience_consent
-- What each person allows, a channel.
CREATE TABLE IF NOT EXISTS audience_consent (
    person UInt64, day Nullable(Int32), channel LowCardinality(String),
    state LowCardinality(String))
ENGINE = MergeTree ORDER BY person
