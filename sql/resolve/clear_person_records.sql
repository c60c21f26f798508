-- name: resolve/clear_person_records
-- Before the table is built anew.
TRUNCATE TABLE person_records
