-- name: measure/pln_2_quarters
-- Quarters of the last four in which competitors were looked at.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, toFloat64(uniqExact(intDiv(dateDiff('day', toDate32(started_at, {tz:String}), toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) * 100, 9132))) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'competitor' AND started_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 364 DAY AND started_at <= {as_of:DateTime64(6, 'UTC')}
