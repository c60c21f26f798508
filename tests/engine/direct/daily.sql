-- name: direct/daily
-- Net revenue of each day on which there was any, from the first order on.
-- params: to Date32
-- columns: day Date32, revenue Int64
SELECT day, toInt64(sum(coalesce(net, 0))) AS revenue
FROM orders
WHERE day <= {to:Date32} AND (valid = 1 OR net != 0)
GROUP BY day
ORDER BY day
