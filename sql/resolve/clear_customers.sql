-- name: resolve/clear_customers
-- Before the table is built anew.
TRUNCATE TABLE customers
