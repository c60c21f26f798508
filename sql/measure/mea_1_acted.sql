-- name: measure/mea_1_acted
-- Reviews of the last six months that led to a decision, from the team's log.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, toFloat64(count()) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'review' AND outcome != '' AND started_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 182 DAY AND started_at <= {as_of:DateTime64(6, 'UTC')}
