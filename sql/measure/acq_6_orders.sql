-- name: measure/acq_6_orders
-- Orders of the window known to come from organic social visits.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM visit_choice WHERE purpose = 'channel')
               OR EXISTS (SELECT 1 FROM activities WHERE kind = 'post')) AS known,
       toFloat64(countIf(channel = 'Organic Social')) AS value, toFloat64(count()) AS n
FROM orders
WHERE valid = 1 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
