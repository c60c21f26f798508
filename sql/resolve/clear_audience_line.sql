-- name: resolve/clear_audience_line
-- It is of the records before.
TRUNCATE TABLE audience_line
