-- name: import/parts
-- How many rows, in how many parts, each import has in the raw tables.
-- columns: kind String, import_id UInt32, present UInt64, parts UInt64
SELECT
    substring(table, 5) AS kind,
    toUInt32(partition) AS import_id,
    sum(rows) AS present,
    count() AS parts
FROM system.parts
WHERE active AND database = 'tidemark' AND startsWith(table, 'raw_')
GROUP BY kind, import_id
