-- name: resolve/clear_sources
-- Before the table is built anew.
TRUNCATE TABLE sources
