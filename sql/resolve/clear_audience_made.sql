-- name: resolve/clear_audience_made
-- It is of the records before.
TRUNCATE TABLE audience_made
