-- name: resolve/clear_spend_days
-- Before the table is built anew.
TRUNCATE TABLE spend_days
