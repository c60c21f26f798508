-- name: engine/insert_person_id
-- Identifiers of the one who is looked for.
INSERT INTO tidemark_next.person_id (kind, source, value, other) FORMAT Native
