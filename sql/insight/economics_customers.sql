-- name: insight/economics_customers
-- First-time customers (k) of the last 365 days, in years on record (n; a quarter at least), and
-- of those of a year or 90 days before them (n) who bought again in that time (k), by the rule of
-- measure/ret_1 and ret_2.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: figure String, k Float64, n Float64, clusters Float64, su Float64, sd Float64,
--   suu Float64, sud Float64, sdd Float64
WITH
    toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}) AS today,
    firsts AS (SELECT person, ordered_at, day FROM orders
               WHERE nth = 1 AND ordered_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 730 DAY
                 AND ordered_at <= {as_of:DateTime64(6, 'UTC')}),
    seconds AS (SELECT o.person AS person, min(o.ordered_at) AS ordered_at FROM orders AS o
                INNER JOIN firsts AS f ON f.person = o.person
                WHERE o.nth > 1 AND o.day > f.day
                GROUP BY person),
    followed AS (
        SELECT f.day AS day, dateDiff('microsecond', f.ordered_at, {as_of:DateTime64(6, 'UTC')}) / 86400000000. AS age,
               if(s.person != 0, dateDiff('microsecond', f.ordered_at, s.ordered_at) / 86400000000., 1e9) AS gap
        FROM firsts AS f
        LEFT ANY JOIN seconds AS s ON s.person = f.person),
    years AS (SELECT least(greatest(dateDiff('day', min(day), today) + 1, 90), 365) / 365. AS on_record
              FROM orders WHERE valid = 1)
SELECT 'first_customers' AS figure, toFloat64(countIf(day > addDays(today, -365) AND day <= today)) AS k,
       any(coalesce((SELECT on_record FROM years), 0)) AS n, 0. AS clusters, 0. AS su, 0. AS sd, 0. AS suu, 0. AS sud,
       0. AS sdd
FROM followed HAVING k > 0
UNION ALL
SELECT 'second_purchase', toFloat64(countIf(age >= 365 AND gap <= 365)), toFloat64(countIf(age >= 365)),
       0., 0., 0., 0., 0., 0.
FROM followed HAVING countIf(age >= 365) > 0
UNION ALL
SELECT 'second_purchase_90', toFloat64(countIf(age >= 90 AND age < 455 AND gap <= 90)),
       toFloat64(countIf(age >= 90 AND age < 455)), 0., 0., 0., 0., 0., 0.
FROM followed HAVING countIf(age >= 90 AND age < 455) > 0
