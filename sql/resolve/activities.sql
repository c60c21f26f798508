-- name: resolve/activities
-- The team's log without repeated entries; the two groups of a hold-out share a name and are two.
INSERT INTO activities
SELECT kind, name, dimension, person, channel, started_at, due_at, closed_at, status, outcome,
       value, sample, has_control
FROM (
    SELECT * FROM raw_activity
    ORDER BY import_id DESC, line DESC
    LIMIT 1 BY source, activity_key, kind, name, dimension, person, channel, started_at, due_at,
               if(kind = 'experiment' AND status IN ('treated', 'control'), status, ''))
