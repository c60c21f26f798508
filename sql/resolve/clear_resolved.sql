-- name: resolve/clear_resolved
-- Empties resolved before the tables are made anew.
TRUNCATE TABLE resolved
