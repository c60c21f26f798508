-- name: schema/audience_made
-- Of which resolved records the audience tables were made: one row, and none while they are made.
CREATE TABLE IF NOT EXISTS audience_made (fingerprint UInt64, people UInt64)
ENGINE = MergeTree ORDER BY fingerprint
