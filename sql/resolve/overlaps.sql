-- name: resolve/overlaps
-- Pairs of event imports of one source whose times overlap: only these can repeat events.
-- columns: overlaps UInt64
WITH spans AS (
    SELECT toString(source) AS source, import_id, min(occurred_at) AS first_at, max(occurred_at) AS last_at
    FROM raw_event
    GROUP BY source, import_id)
SELECT count() AS overlaps
FROM spans AS a
INNER JOIN spans AS b ON a.source = b.source
WHERE a.import_id < b.import_id AND a.first_at <= b.last_at AND b.first_at <= a.last_at
