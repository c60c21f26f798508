-- name: insight/first_months
-- Known customers by the day of their first order and the months since then: how many ordered, how
-- often, for how much. Each is of one such day, so that days may be added up.
-- columns: day Date32, month UInt16, customers UInt64, orders UInt64, revenue Int64
SELECT f.day AS day, toUInt16(dateDiff('month', f.day, o.day)) AS month, uniqExact(o.person) AS customers,
       count() AS orders, toInt64(sum(coalesce(o.net, 0))) AS revenue
FROM (SELECT person, day, net FROM orders WHERE nth >= 1) AS o
INNER JOIN (SELECT person, day FROM orders WHERE nth = 1) AS f ON f.person = o.person
GROUP BY day, month
ORDER BY day, month
