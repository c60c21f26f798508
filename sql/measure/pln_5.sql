-- name: measure/pln_5
-- New tools or strategies tried in the last twelve months with the result written down.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, toFloat64(count()) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'trial' AND outcome != '' AND started_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 365 DAY AND started_at <= {as_of:DateTime64(6, 'UTC')}
