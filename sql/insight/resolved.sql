-- name: insight/resolved
-- What the resolved tables were made from; no row when they are not whole.
-- columns: fingerprint UInt64, as_of DateTime64(6, 'UTC'), from_data UInt8, time_zone String,
--   currency String, decimals UInt8, unconverted String
SELECT fingerprint, as_of, from_data, time_zone, currency, decimals, unconverted
FROM resolved
LIMIT 1
