-- name: measure/cnv_1_devices
-- Steps of the way to an order that can be seen by device.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM orders) OR count() > 0) AS known,
       toFloat64((sum(sessions) > 0) + (coalesce(sum(carts), 0) > 0) + (coalesce(sum(checkouts), 0) > 0)
                 + (coalesce(sum(purchases), 0) > 0)) AS value,
       toFloat64(coalesce(sum(sessions), 0)) AS n
FROM visit_days
WHERE dimensions = (SELECT any(dimensions) FROM visit_choice WHERE purpose = 'device') AND device != ''
  AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
