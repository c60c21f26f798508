-- name: resolve/clear_audience_member
-- It is of the records before.
TRUNCATE TABLE audience_member
