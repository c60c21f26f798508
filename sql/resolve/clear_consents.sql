-- name: resolve/clear_consents
-- Before the table is built anew.
TRUNCATE TABLE consents
