-- name: engine/create_schema_version
-- By which statement of sql/schema/ each table was made last; the newest row of a name counts.
CREATE TABLE IF NOT EXISTS schema_version (name String, hash String, noted_at DateTime64(6, 'UTC'))
ENGINE = MergeTree ORDER BY name
