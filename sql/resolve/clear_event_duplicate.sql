-- name: resolve/clear_event_duplicate
-- Before the table is built anew.
TRUNCATE TABLE event_duplicate
