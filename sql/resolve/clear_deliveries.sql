-- name: resolve/clear_deliveries
-- Before the table is built anew.
TRUNCATE TABLE deliveries
