-- name: resolve/clear_activities
-- Before the table is built anew.
TRUNCATE TABLE activities
