-- name: schema/person_records
-- The records that name a person's identifiers together (rows of raw_person, raw_order and
-- raw_consent) and the devices of their visits; those that name the same once, with the first
-- time and how many they are. device = cityHash64('device', its id). Of workspaces that are kept. One
-- file a part, as in stories.
CREATE TABLE IF NOT EXISTS person_records (
    person UInt64, record LowCardinality(String), source LowCardinality(String), email String,
    phone String, customer String, login String, device String, first_at DateTime64(6, 'UTC'),
    records UInt64)
ENGINE = MergeTree ORDER BY person
SETTINGS index_granularity = 256, min_bytes_for_wide_part = 1000000000000,
    min_rows_for_wide_part = 1000000000000
