-- name: measure/acq_5
-- Contribution of each customer's first twelve months (u), of those won 24 to 12 months ago,
-- against what a new customer costs today (d): spend of the last 12 months over its new customers.
-- params: as_of DateTime64(6, 'UTC'), tz String, margin Float64, refunds UInt8
-- columns: person UInt64, u Float64, d Float64
WITH
    (SELECT sum(spent) FROM spend_days WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) AS spent,
    (SELECT count() FROM orders WHERE nth = 1 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) AS won,
    cohort AS (SELECT person, min(day) AS first_day FROM orders
               WHERE nth = 1 GROUP BY person
               HAVING first_day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -730) AND first_day <= addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365))
SELECT o.person AS person, sum(coalesce(if({refunds:UInt8} = 1, if(o.valid = 1, o.total, 0), o.net), 0)) * {margin:Float64} AS u, coalesce(toFloat64(any(spent)) / any(won), 0) AS d
FROM orders AS o
INNER JOIN cohort AS c ON c.person = o.person
WHERE o.day < addDays(c.first_day, 365) AND {margin:Float64} > 0 AND spent > 0 AND won > 0
GROUP BY person
ORDER BY person
