-- name: measure/mea_4
-- Orders of the window (n) and those whose acquisition source is known (k); a direct visit names
-- none.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
SELECT toUInt8(count() > 0 AND countIf(channel != '') > 0) AS known,
       toFloat64(countIf(channel NOT IN ('', 'Direct', 'Unassigned'))) AS k, toFloat64(count()) AS n
FROM orders
WHERE valid = 1 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
