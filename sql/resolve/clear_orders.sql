-- name: resolve/clear_orders
-- Before the table is built anew.
TRUNCATE TABLE orders
