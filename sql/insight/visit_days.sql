-- name: insight/visit_days
-- Visits by day, of the one set of dimensions that tells their total.
-- columns: day Date32, visits Float64
SELECT day, sum(sessions) AS visits
FROM visit_days
WHERE dimensions = (SELECT any(dimensions) FROM visit_choice WHERE purpose = 'total')
GROUP BY day
ORDER BY day
