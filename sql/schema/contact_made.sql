-- name: schema/contact_made
-- Of which resolved records the contact tables were made: one row, and none while they are made.
CREATE TABLE IF NOT EXISTS contact_made (fingerprint UInt64)
ENGINE = MergeTree ORDER BY fingerprint
