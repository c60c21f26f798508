-- name: resolve/clear_audience_event
-- It is of the records before.
TRUNCATE TABLE audience_event
