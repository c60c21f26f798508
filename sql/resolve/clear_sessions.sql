-- name: resolve/clear_sessions
-- Before the table is built anew.
TRUNCATE TABLE sessions
