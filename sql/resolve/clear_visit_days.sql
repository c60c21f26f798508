-- name: resolve/clear_visit_days
-- Before the table is built anew.
TRUNCATE TABLE visit_days
