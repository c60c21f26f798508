-- name: engine/clear_person_id
-- Before another one is looked for.
TRUNCATE TABLE tidemark_next.person_id
