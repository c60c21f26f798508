-- name: import/insert_activity
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_activity (
    import_id, source, line, activity_key, kind, name, dimension, person, channel, started_at,
    due_at, closed_at, status, outcome, value, sample, has_control, note
) FORMAT Native
