-- name: measure/aut_6
-- Share of the routine marketing tasks in the team's log that run by themselves.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities WHERE kind = 'automation')) AS known, toFloat64(if(uniqExact(name) = 0, 0, uniqExactIf(name, status = 'automatic') / uniqExact(name))) AS value, toFloat64(uniqExact(name)) AS n
FROM activities
WHERE kind = 'automation' AND started_at <= {as_of:DateTime64(6, 'UTC')}
