-- name: insight/second_purchase
-- Customers whose first order fell into a span of days, both ends included (n), and those who
-- bought again within so many days (k), by the rule of measure/ret_1 and ret_2: what they ordered
-- on the day of the first order is one occasion with it.
-- params: cohort_from Date32, cohort_to Date32, days UInt32
-- columns: k UInt64, n UInt64
WITH
    firsts AS (SELECT person, ordered_at, day FROM orders
               WHERE nth = 1 AND day >= {cohort_from:Date32} AND day <= {cohort_to:Date32}),
    seconds AS (SELECT o.person AS person, min(o.ordered_at) AS ordered_at FROM orders AS o
                INNER JOIN firsts AS f ON f.person = o.person
                WHERE o.nth > 1 AND o.day > f.day
                GROUP BY person)
SELECT countIf(s.person != 0 AND s.ordered_at <= f.ordered_at + INTERVAL {days:UInt32} DAY) AS k,
       count() AS n
FROM firsts AS f
LEFT ANY JOIN seconds AS s ON s.person = f.person
