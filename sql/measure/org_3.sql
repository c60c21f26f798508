-- name: measure/org_3
-- Dimensions with a specialist in the team's log.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities WHERE kind IN ('owner', 'specialist', 'hours'))) AS known, toFloat64(uniqExact(dimension)) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'specialist' AND dimension != '' AND started_at <= {as_of:DateTime64(6, 'UTC')} AND (closed_at <= toDateTime64(0, 6, 'UTC') OR closed_at > {as_of:DateTime64(6, 'UTC')})
