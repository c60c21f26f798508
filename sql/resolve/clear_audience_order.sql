-- name: resolve/clear_audience_order
-- It is of the records before.
TRUNCATE TABLE audience_order
