-- name: schema/person_touches
-- On what each person was recognised: web and app devices, the till, message channels.
CREATE TABLE IF NOT EXISTS person_touches (person UInt64, touch LowCardinality(String), detail UInt64,
    last_at DateTime64(6, 'UTC'))
ENGINE = MergeTree ORDER BY person
