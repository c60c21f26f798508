-- name: measure/pln_1_goals
-- Growth goals in force, from the team's log.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, toFloat64(uniqExact(name)) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'goal' AND started_at <= {as_of:DateTime64(6, 'UTC')} AND (due_at <= toDateTime64(0, 6, 'UTC') OR due_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 31 DAY)
