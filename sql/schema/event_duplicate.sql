-- name: schema/event_duplicate
-- Rows of raw_event that a later import of the same source brought again.
CREATE TABLE IF NOT EXISTS event_duplicate (import_id UInt32, line UInt64)
ENGINE = MergeTree ORDER BY (import_id, line)
