-- name: measure/ret_2
-- First-time customers of the year that ended 90 days ago (n), and those who bought again within
-- 90 days (k). What they ordered on the day of the first order is one occasion with it.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, k Float64, n Float64
WITH
    firsts AS (SELECT person, ordered_at, day FROM orders
               WHERE nth = 1 AND ordered_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 455 DAY AND ordered_at <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 90 DAY),
    seconds AS (SELECT o.person AS person, min(o.ordered_at) AS ordered_at FROM orders AS o
                INNER JOIN firsts AS f ON f.person = o.person
                WHERE o.nth > 1 AND o.day > f.day
                GROUP BY person)
SELECT toUInt8(count() > 0) AS known,
       toFloat64(countIf(s.person != 0 AND s.ordered_at <= f.ordered_at + INTERVAL 90 DAY)) AS k,
       toFloat64(count()) AS n
FROM firsts AS f
LEFT ANY JOIN seconds AS s ON s.person = f.person
