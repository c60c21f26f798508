-- name: measure/omn_2
-- Customers of the window (n), and those who can be reached, with consent, on at least two channels
-- (k).
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    buyers AS (SELECT DISTINCT person FROM orders
               WHERE valid = 1 AND identified = 1 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
    reach AS (SELECT person, uniqExact(channel) AS channels FROM consents
              WHERE state = 'granted' AND person IN (SELECT person FROM buyers) GROUP BY person)
SELECT toUInt8(count() > 0 AND EXISTS (SELECT 1 FROM consents)) AS known,
       toFloat64(countIf(r.channels >= 2)) AS k, toFloat64(count()) AS n
FROM buyers AS b
LEFT ANY JOIN reach AS r ON r.person = b.person
