-- name: resolve/clear_audience_person
-- It is of the records before.
TRUNCATE TABLE audience_person
