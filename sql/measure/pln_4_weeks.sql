-- name: measure/pln_4_weeks
-- Weeks of the last thirteen in which threats were raised and closed with a decision.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, toFloat64(uniqExact(intDiv(dateDiff('day', toDate32(started_at, {tz:String}), toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})), 7))) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'threat' AND outcome != '' AND closed_at > toDateTime64(0, 6, 'UTC') AND started_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 91 DAY AND started_at <= {as_of:DateTime64(6, 'UTC')}
