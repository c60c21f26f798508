-- name: measure/pln_1_competitors
-- Growth goals in force that rest on own data and on competitors, reviewed within the last 100
-- days.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, toFloat64(uniqExact(name)) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'goal' AND started_at <= {as_of:DateTime64(6, 'UTC')} AND (due_at <= toDateTime64(0, 6, 'UTC') OR due_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 31 DAY) AND status = 'forecast+competitors' AND greatest(closed_at, started_at) > {as_of:DateTime64(6, 'UTC')} - INTERVAL 100 DAY
