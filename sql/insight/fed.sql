-- name: insight/fed
-- Needs of the model that a source feeds.
-- columns: need String
SELECT DISTINCT need FROM sources WHERE records > 0
