-- name: schema/resolved
-- What the resolved tables were made from: one row, and none while they are being made.
-- `unconverted`: the currencies without an exchange rate, each as "USD" + orders + records, spaces
-- between.
CREATE TABLE IF NOT EXISTS resolved (
    fingerprint UInt64, as_of DateTime64(6, 'UTC'), from_data UInt8, time_zone String,
    currency String, decimals UInt8, unconverted String)
ENGINE = MergeTree ORDER BY fingerprint
