-- name: resolve/clear_visit_choice
-- Before the table is built anew.
TRUNCATE TABLE visit_choice
