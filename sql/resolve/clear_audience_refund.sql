-- name: resolve/clear_audience_refund
-- It is of the records before.
TRUNCATE TABLE audience_refund
