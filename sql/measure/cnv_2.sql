-- name: measure/cnv_2
-- Online orders of each of the last 90 days (u) against those that its visits would bring at the
-- own rate of the last twelve months (d); that rate is adjusted by the same season a year before
-- where two years are on record.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: cluster UInt64, u Float64, d Float64
WITH
    visits AS (
        SELECT day, sum(sessions) AS sessions FROM visit_days
        WHERE dimensions = (SELECT any(dimensions) FROM visit_choice WHERE purpose = 'total')
          AND spread = 0 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -730) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
        GROUP BY day),
    sales AS (
        SELECT day, count() AS orders FROM orders
        WHERE valid = 1 AND lower(sales_channel) NOT IN ('pos', 'till', 'store', 'retail')
          AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -730) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
        GROUP BY day),
    daily AS (
        SELECT v.day AS day, v.sessions AS sessions, toFloat64(s.orders) AS orders
        FROM visits AS v LEFT JOIN sales AS s ON s.day = v.day),
    rates AS (
        SELECT
            sumIf(orders, day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365)) / sumIf(sessions, day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365)) AS year_rate,
            uniqExactIf(day, day <= addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365)) AS earlier_days,
            sumIf(orders, day <= addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365) AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -455))
                / sumIf(sessions, day <= addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365) AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -455)) AS season_rate,
            sumIf(orders, day <= addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365)) / sumIf(sessions, day <= addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365)) AS earlier_rate,
            uniqExactIf(day, day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365)) AS year_days
        FROM daily)
SELECT toUInt64(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))) AS cluster, orders AS u,
       sessions * coalesce((SELECT if(earlier_days >= 350 AND season_rate > 0 AND earlier_rate > 0,
                             year_rate * season_rate / earlier_rate, year_rate) FROM rates), 0) AS d
FROM daily
WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -90) AND (SELECT year_days FROM rates) >= 180
  AND (SELECT year_rate FROM rates) > 0
ORDER BY cluster
