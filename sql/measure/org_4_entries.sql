-- name: measure/org_4_entries
-- Entries of the shared marketing calendar in the last twelve months.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, toFloat64(count()) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'calendar' AND started_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 365 DAY AND started_at <= {as_of:DateTime64(6, 'UTC')}
