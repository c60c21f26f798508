-- name: measure/fnd_4_months
-- Months of the last twelve for which marketing spend is on record.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM spend_days)) AS known,
       toFloat64(uniqExactIf(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) * 100, 3044), spent > 0)) AS value,
       toFloat64(count()) AS n
FROM spend_days
WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
