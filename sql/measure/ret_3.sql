-- name: measure/ret_3
-- Net revenue of each known customer in the window (d), and of it what came from orders after the
-- day of the first (u), by the rule of measure/ret_1: what somebody orders on one day is one
-- occasion.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32, refunds UInt8
-- columns: person UInt64, u Float64, d Float64
SELECT o.person AS person, sum(if(o.day > f.day, toFloat64(coalesce(if({refunds:UInt8} = 1, o.total, o.net), 0)), 0)) AS u,
       sum(toFloat64(coalesce(if({refunds:UInt8} = 1, o.total, o.net), 0))) AS d
FROM orders AS o
LEFT ANY JOIN (SELECT person, day FROM orders WHERE nth = 1) AS f ON f.person = o.person
WHERE o.valid = 1 AND o.identified = 1 AND o.day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND o.day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
GROUP BY o.person
ORDER BY o.person
