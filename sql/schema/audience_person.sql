-- name: schema/audience_person
-- Everybody who is known, as segments ask for them: texts folded (src/audience/fold.h), days since
-- 1970 in the shop's zone. The audience_* tables are made when segments are first asked for after
-- the records were resolved (src/audience/members.h).
CREATE TABLE IF NOT EXISTS audience_person (
    person UInt64, name String, email String, domain LowCardinality(String),
    language LowCardinality(String), signup_source LowCardinality(String),
    added_day Nullable(Int32), first_seen_day Nullable(Int32), last_seen_day Nullable(Int32),
    birth_month Nullable(UInt8), birth_day Nullable(UInt8), recency UInt8, frequency UInt8, monetary UInt8, first_channel LowCardinality(String),
    last_channel LowCardinality(String), first_device LowCardinality(String),
    last_device LowCardinality(String), countries Array(String), regions Array(String),
    cities Array(String), tags Array(String), devices Array(String))
ENGINE = MergeTree ORDER BY person
