-- name: insight/economics_orders
-- What orders of the last 365 days were worth, as sums over customers (an order without a known
-- customer stands for one): figures of insight/economics.h. What is not there gives no row.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: figure String, k Float64, n Float64, clusters Float64, su Float64, sd Float64,
--   suu Float64, sud Float64, sdd Float64
WITH
    toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}) AS today,
    recent AS (
        SELECT if(identified = 1, person, cityHash64(toString(source), order_key)) AS buyer, nth,
               valid, identified, toFloat64(assumeNotNull(net)) AS worth
        FROM orders
        WHERE net IS NOT NULL AND day > addDays(today, -365) AND day <= today),
    buyers AS (
        SELECT buyer, sum(worth) AS all_worth, toFloat64(count()) AS all_orders,
               sumIf(worth, nth = 1) AS first_worth, toFloat64(countIf(nth = 1)) AS first_orders,
               sumIf(worth, nth >= 2) AS repeat_worth, toFloat64(countIf(nth >= 2)) AS repeat_orders
        FROM recent
        WHERE valid = 1
        GROUP BY buyer),
    seconds AS (
        SELECT person, ordered_at FROM orders
        WHERE nth = 2 AND ordered_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 730 DAY
          AND ordered_at <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 365 DAY),
    followed AS (
        SELECT s.person AS person, toFloat64(countIf(o.ordered_at <= s.ordered_at + INTERVAL 365 DAY AND o.nth > 2)) AS later
        FROM seconds AS s
        INNER JOIN (SELECT person, ordered_at, nth FROM orders WHERE nth >= 2) AS o ON o.person = s.person
        GROUP BY person),
    parts AS (
        SELECT 'order_value' AS figure, all_worth AS u, all_orders AS d FROM buyers
        UNION ALL
        SELECT 'first_order_value', first_worth, first_orders FROM buyers
        UNION ALL
        SELECT 'repeat_order_value', repeat_worth, repeat_orders FROM buyers
        UNION ALL
        SELECT 'repeat_share', repeat_worth, first_worth + repeat_worth FROM buyers
        WHERE first_orders + repeat_orders > 0
        UNION ALL
        SELECT 'further_orders', later, 1. FROM followed)
SELECT figure, 0. AS k, 0. AS n, toFloat64(count()) AS clusters, sum(u) AS su, sum(d) AS sd,
       sum(u * u) AS suu, sum(u * d) AS sud, sum(d * d) AS sdd
FROM parts
WHERE d > 0
GROUP BY figure
UNION ALL
SELECT 'revenue', 0., sum(worth), 0., 0., 0., 0., 0., 0. FROM recent HAVING count() > 0
UNION ALL
SELECT 'guest_revenue', 0., sumIf(worth, identified = 0 AND valid = 1), 0., 0., 0., 0., 0., 0.
FROM recent HAVING count() > 0
