-- name: measure/dat_3
-- Visits of the window (n) and those of a person who is known (k).
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
SELECT toUInt8(count() > 0) AS known, toFloat64(countIf(identified = 1)) AS k, toFloat64(count()) AS n
FROM sessions
WHERE platform != 'server' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
