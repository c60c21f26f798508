-- name: schema/contact_person
-- How to write to everybody who is known, in the sources' own newest words; "" where none says it.
-- The contact_* tables are made when somebody is first to be written to after the records were
-- resolved (src/outreach/person/person.h).
CREATE TABLE IF NOT EXISTS contact_person (
    person UInt64, email String, phone String, first_name String, last_name String,
    country LowCardinality(String), city String, language LowCardinality(String),
    zip String)
ENGINE = MergeTree ORDER BY person
SETTINGS index_granularity = 256
