-- name: engine/note_schema
-- Notes by which statements tables were made.
-- params: names Array(String), hashes Array(String)
INSERT INTO schema_version
SELECT made.1, made.2, now64(6, 'UTC')
FROM (SELECT arrayJoin(arrayZip({names:Array(String)}, {hashes:Array(String)})) AS made)
