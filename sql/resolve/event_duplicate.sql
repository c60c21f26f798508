-- name: resolve/event_duplicate
-- Marks every row of an event but the one of the latest import.
INSERT INTO event_duplicate
SELECT import_id, line
FROM (
    SELECT import_id, line,
           row_number() OVER (PARTITION BY cityHash64(toString(source), event_key)
                              ORDER BY import_id DESC, line DESC) AS nth
    FROM raw_event
    WHERE event_key != '')
WHERE nth > 1
