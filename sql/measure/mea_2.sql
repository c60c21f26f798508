-- name: measure/mea_2
-- Tests of the last twelve months with a control group and at least 200 people, closed with a
-- result.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, toFloat64(count()) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'experiment' AND has_control = 1 AND sample >= 200 AND closed_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 365 DAY AND closed_at <= {as_of:DateTime64(6, 'UTC')}
