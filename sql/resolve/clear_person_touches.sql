-- name: resolve/clear_person_touches
-- Before the table is built anew.
TRUNCATE TABLE person_touches
