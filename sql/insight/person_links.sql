-- name: insight/person_links
-- Why these identifiers are one person: the records that name them together. A device is given by
-- its number in the engine.
-- params: person UInt64, limit UInt32, offset UInt32
-- columns: record String, source String, email String, phone String, customer String, login String,
--   device String, first_at DateTime64(6, 'UTC'), records UInt64
SELECT toString(record) AS record, toString(source) AS source, email, phone, customer, login, device, first_at,
       records
FROM person_records WHERE person = {person:UInt64}
ORDER BY first_at, record, source, device, email, phone, customer, login
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
