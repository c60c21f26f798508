-- name: insight/economics_visits
-- Visits (k) in the years on record (n; 365 days at most), online orders (k) of visits (n) over
-- the same days, and single visits (n) of known people (k).
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: figure String, k Float64, n Float64, clusters Float64, su Float64, sd Float64,
--   suu Float64, sud Float64, sdd Float64
WITH
    toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}) AS today,
    visits AS (
        SELECT day, sum(sessions) AS visited FROM visit_days
        WHERE dimensions = (SELECT any(dimensions) FROM visit_choice WHERE purpose = 'total')
          AND day > addDays(today, -365) AND day <= today
        GROUP BY day),
    sales AS (
        SELECT toFloat64(count()) AS bought FROM orders
        WHERE valid = 1 AND lower(sales_channel) NOT IN ('pos', 'till', 'store', 'retail')
          AND day IN (SELECT day FROM visits))
SELECT 'visits' AS figure, sum(visited) AS k, greatest(dateDiff('day', min(day), today) + 1, 30) / 365. AS n,
       0. AS clusters, 0. AS su, 0. AS sd, 0. AS suu, 0. AS sud, 0. AS sdd
FROM visits HAVING sum(visited) > 0
UNION ALL
SELECT 'conversion', least(any(coalesce((SELECT bought FROM sales), 0)), sum(visited)), sum(visited), 0., 0., 0., 0., 0., 0.
FROM visits HAVING sum(visited) > 0
UNION ALL
SELECT 'identified', toFloat64(countIf(identified = 1)), toFloat64(count()), 0., 0., 0., 0., 0., 0.
FROM sessions WHERE platform != 'server' AND day > addDays(today, -365) AND day <= today
HAVING count() > 0
