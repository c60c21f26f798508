-- name: measure/acq_7_fed
-- Own audiences that were sent to ad platforms, or targeted by name, in the last twelve months.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM spend_days)) AS known,
       toFloat64(uniqExact(name)) AS value, toFloat64(count()) AS n
FROM (
    SELECT name, toDate32(started_at, {tz:String}) AS day FROM activities WHERE kind = 'audience_sync'
    UNION ALL
    SELECT audience, day FROM spend_days WHERE channel = 'Paid Social' AND audience != '')
WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
