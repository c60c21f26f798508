-- name: measure/omn_5
-- Days of the last 90 on which existing customers were sent to ad platforms to be kept out of
-- acquisition ads.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, toFloat64(uniqExact(toDate32(started_at, {tz:String}))) AS value, toFloat64(count()) AS n
FROM activities
WHERE kind = 'audience_sync' AND status = 'exclude' AND started_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 90 DAY AND started_at <= {as_of:DateTime64(6, 'UTC')}
