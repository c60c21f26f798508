-- name: engine/next_columns
-- The columns of a table's next form, and whether the table has them already.
-- params: table String
-- columns: name String, present UInt8
SELECT n.name AS name, toUInt8(o.name != '') AS present
FROM system.columns AS n
LEFT JOIN (SELECT name FROM system.columns
           WHERE database = 'tidemark' AND table = {table:String}) AS o ON o.name = n.name
WHERE n.database = 'tidemark_next' AND n.table = {table:String}
ORDER BY n.position
