-- name: measure/ret_3
-- Net revenue of each known customer in the window (d), and of it what came from orders after the
-- first (u).
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: person UInt64, u Float64, d Float64
SELECT person, sum(if(nth >= 2, toFloat64(coalesce(net, 0)), 0)) AS u, sum(toFloat64(coalesce(net, 0))) AS d
FROM orders
WHERE valid = 1 AND identified = 1 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
GROUP BY person
ORDER BY person
