-- name: schema/resolved
-- What the resolved tables were made from: one row, and none while they are being made.
CREATE TABLE IF NOT EXISTS resolved (
    fingerprint UInt64, as_of DateTime64(6, 'UTC'), from_data UInt8, time_zone String,
    currency String, decimals UInt8)
ENGINE = MergeTree ORDER BY fingerprint
