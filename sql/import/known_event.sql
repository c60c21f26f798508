-- name: import/known_event
-- How many staged rows of an import bring what an earlier import brought already, by source and
-- natural key. Above ten million earlier keys it is a lower bound.
-- params: import_id UInt32
-- columns: known UInt64
SELECT count() AS known
FROM stage_event
WHERE import_id = {import_id:UInt32}
  AND (SELECT count() FROM raw_event) > 0
  AND cityHash64(source, event_key) IN (
    SELECT cityHash64(source, event_key)
    FROM raw_event
    WHERE import_id != {import_id:UInt32}
      AND occurred_at >= (SELECT min(occurred_at) FROM stage_event WHERE import_id = {import_id:UInt32}))
SETTINGS max_rows_in_set = 10000000, set_overflow_mode = 'break'
