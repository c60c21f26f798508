-- name: resolve/list_sources
-- The sources, for people and for the age of evidence.
-- columns: need String, source String, records UInt64, newest_at DateTime64(6, 'UTC')
SELECT toString(need) AS need, source, records, newest_at FROM sources ORDER BY need, source
