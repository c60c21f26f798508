-- name: audience/bounds
-- Upper bounds of the fifths by last day, number of orders and amount, as resolve/customers has them:
-- four each. Without buyers there are none.
-- columns: people UInt64, bounds Array(UInt64)
SELECT count() AS people,
       arrayMap(x -> reinterpretAsUInt64(x), arrayConcat(
           arrayMap(x -> toInt64(x), quantilesExact(0.2, 0.4, 0.6, 0.8)(toInt32(last_day))),
           arrayMap(x -> toInt64(x), quantilesExact(0.2, 0.4, 0.6, 0.8)(orders)),
           arrayMap(x -> toInt64(x), quantilesExact(0.2, 0.4, 0.6, 0.8)(revenue)))) AS bounds
FROM customers WHERE orders > 0
