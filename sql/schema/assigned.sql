-- name: schema/assigned
-- Who was to get the messages of a flow or campaign that holds people out, and who by lot gets none;
-- person: a number that the person has or had.
CREATE TABLE IF NOT EXISTS assigned (
    kind LowCardinality(String), item LowCardinality(String), person UInt64, held_out UInt8,
    at DateTime64(6, 'UTC'))
ENGINE = MergeTree ORDER BY (kind, item, person)
