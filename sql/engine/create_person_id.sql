-- name: engine/create_person_id
-- Who is being looked for (engine/person.h): in memory, never on the disk.
CREATE TABLE IF NOT EXISTS tidemark_next.person_id (kind String, source String, value String, other UInt8)
ENGINE = Memory
