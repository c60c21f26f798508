-- name: measure/pln_4_closed
-- Threats of the last twelve months that were raised and closed with a decision.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, toFloat64(count()) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'threat' AND outcome != '' AND closed_at > toDateTime64(0, 6, 'UTC') AND started_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 365 DAY AND started_at <= {as_of:DateTime64(6, 'UTC')}
