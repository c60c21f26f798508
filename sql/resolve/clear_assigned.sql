-- name: resolve/clear_assigned
-- Before the table is built anew.
TRUNCATE TABLE assigned
