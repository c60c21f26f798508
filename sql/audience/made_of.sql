-- name: audience/made_of
-- Which resolved records there are; none while they are made.
-- columns: fingerprint UInt64, as_of Int64
SELECT fingerprint, toUnixTimestamp64Micro(as_of) AS as_of FROM resolved LIMIT 1
