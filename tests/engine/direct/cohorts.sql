-- name: direct/cohorts
-- Known customers by the month of their first order and the months since then: how many ordered,
-- how often, for how much. complete = the month is over.
-- params: from Date32, to Date32, as_of DateTime64(6, 'UTC'), tz String, limit UInt32, offset UInt32
-- columns: cohort Date32, size UInt64, month UInt16, customers UInt64, share Float64, orders UInt64,
--   revenue Int64, complete UInt8
WITH
    firsts AS (SELECT person, toDate32(toStartOfMonth(day)) AS cohort FROM orders
               WHERE nth = 1 AND day >= {from:Date32} AND day <= {to:Date32}),
    sizes AS (SELECT cohort, count() AS size FROM firsts GROUP BY cohort)
SELECT a.cohort AS cohort, z.size AS size, a.month AS month, a.customers AS customers,
       a.customers / z.size AS share, a.orders AS orders, a.revenue AS revenue,
       addMonths(a.cohort, a.month + 1) <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}) AS complete
FROM (
    SELECT f.cohort AS cohort, toUInt16(dateDiff('month', f.cohort, o.day)) AS month,
           uniqExact(o.person) AS customers, count() AS orders, toInt64(sum(coalesce(o.net, 0))) AS revenue
    FROM (SELECT person, day, net FROM orders WHERE nth >= 1) AS o
    INNER JOIN firsts AS f ON f.person = o.person
    GROUP BY cohort, month) AS a
INNER JOIN sizes AS z ON z.cohort = a.cohort
ORDER BY cohort, month
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
