-- name: insight/economics_spend
-- Marketing spend of the last 365 days (n), and net revenue over spend as sums over the weeks
-- that spend covers, as measure/acq_2.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: figure String, k Float64, n Float64, clusters Float64, su Float64, sd Float64,
--   suu Float64, sud Float64, sdd Float64
WITH
    toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}) AS today,
    paid AS (SELECT day, toFloat64(coalesce(spent, 0)) AS cost FROM spend_days
             WHERE day > addDays(today, -365) AND day <= today),
    span AS (SELECT min(day) AS first_day, max(day) AS last_day FROM paid WHERE cost > 0),
    weeks AS (
        SELECT week, sum(u_) AS u, sum(d_) AS d
        FROM (
            SELECT intDiv(dateDiff('day', day, today), 7) AS week, toFloat64(coalesce(net, 0)) AS u_, 0. AS d_
            FROM orders
            WHERE day >= (SELECT first_day FROM span) AND day <= (SELECT last_day FROM span)
            UNION ALL
            SELECT intDiv(dateDiff('day', day, today), 7), 0., cost FROM paid)
        GROUP BY week)
SELECT 'spend' AS figure, 0. AS k, sum(cost) AS n, 0. AS clusters, 0. AS su, 0. AS sd, 0. AS suu, 0. AS sud,
       0. AS sdd
FROM paid HAVING sum(cost) > 0
UNION ALL
SELECT 'sales_per_spend', 0., 0., toFloat64(count()), sum(u), sum(d), sum(u * u), sum(u * d), sum(d * d)
FROM weeks HAVING sum(d) > 0
