-- name: resolve/clear_order_touches
-- Before the table is built anew.
TRUNCATE TABLE order_touches
