-- name: engine/running
-- Whether a statement is still under way.
-- params: query_id String
-- columns: running UInt8
SELECT count() > 0 AS running
FROM system.processes
WHERE query_id = {query_id:String}
