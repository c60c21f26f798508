-- name: resolve/clear_audience_message
-- It is of the records before.
TRUNCATE TABLE audience_message
