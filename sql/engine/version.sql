-- name: engine/version
-- The engine's own version.
-- columns: version String
SELECT version() AS version
