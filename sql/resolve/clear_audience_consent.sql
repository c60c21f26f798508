-- name: resolve/clear_audience_consent
-- It is of the records before.
TRUNCATE TABLE audience_consent
