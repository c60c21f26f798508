-- name: measure/dat_4
-- Customers of the window (n), and those recognised as one person on at least two devices or
-- channels (k).
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    buyers AS (SELECT person, identified FROM orders
               WHERE valid = 1 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}) AND identified = 1
               GROUP BY person, identified),
    touched AS (SELECT person, count() AS touches FROM person_touches GROUP BY person)
SELECT toUInt8(count() > 0 AND EXISTS (SELECT 1 FROM person_touches)) AS known,
       toFloat64(countIf(t.touches >= 2)) AS k, toFloat64(count()) AS n
FROM buyers AS b
LEFT ANY JOIN touched AS t ON t.person = b.person
