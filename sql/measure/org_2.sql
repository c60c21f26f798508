-- name: measure/org_2
-- Share of the model's dimensions that have a named owner in the team's log.
-- params: as_of DateTime64(6, 'UTC'), dimensions UInt32
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities WHERE kind IN ('owner', 'specialist', 'hours'))) AS known, toFloat64(least(1, uniqExact(dimension) / {dimensions:UInt32})) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'owner' AND dimension != '' AND person != '' AND started_at <= {as_of:DateTime64(6, 'UTC')} AND (closed_at <= toDateTime64(0, 6, 'UTC') OR closed_at > {as_of:DateTime64(6, 'UTC')})
