-- name: schema/audience_member
-- Who belongs to which segment, as of the last full rebuild.
CREATE TABLE IF NOT EXISTS audience_member (segment Int64, person UInt64)
ENGINE = MergeTree ORDER BY (segment, person)
