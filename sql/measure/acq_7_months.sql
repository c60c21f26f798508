-- name: measure/acq_7_months
-- Months of the last twelve with money spent on social ads.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM spend_days)) AS known,
       toFloat64(uniqExact(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) * 100, 3044))) AS value, toFloat64(count()) AS n
FROM spend_days
WHERE channel = 'Paid Social' AND spent > 0 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
