-- name: measure/mea_1_months
-- Months of the last six in which the figures were reviewed, from the team's log.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, toFloat64(uniqExact(intDiv(dateDiff('day', toDate32(started_at, {tz:String}), toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) * 100, 3044))) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'review' AND started_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 182 DAY AND started_at <= {as_of:DateTime64(6, 'UTC')}
