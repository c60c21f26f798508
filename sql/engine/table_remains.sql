-- name: engine/table_remains
-- Tables of raw and staged records with parts on the disk that count no longer.
-- columns: name String
SELECT DISTINCT name
FROM (
    SELECT table AS name FROM system.parts WHERE NOT active AND database = 'tidemark'
    UNION ALL
    SELECT table FROM system.detached_parts WHERE database = 'tidemark')
WHERE startsWith(name, 'raw_') OR startsWith(name, 'stage_')
