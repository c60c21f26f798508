-- name: engine/schema_versions
-- The tables that exist, each with the hash of the statement that made it; '' when none was noted.
-- columns: name String, hash String
SELECT t.name AS name, v.hash AS hash
FROM system.tables AS t
LEFT JOIN (SELECT name, argMax(hash, noted_at) AS hash FROM schema_version GROUP BY name) AS v ON v.name = t.name
WHERE t.database = currentDatabase()
