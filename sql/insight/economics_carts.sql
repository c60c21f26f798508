-- name: insight/economics_carts
-- Carts that known people left, by the rule of measure/aut_2: how many (k) in the years on record
-- (n), those (n) with a reminder (k), and reminders (n) with an order (k): by the mailing tool's own
-- rule where it reports orders, else reminded carts with one within five days of a click.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: figure String, k Float64, n Float64, clusters Float64, su Float64, sd Float64,
--   suu Float64, sud Float64, sdd Float64
WITH
    toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}) AS today,
    carts AS (
        SELECT person, min(cart_at) AS at FROM sessions
        WHERE identified = 1 AND (carts > 0 OR checkouts > 0) AND orders = 0
          AND cart_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 365 DAY
          AND cart_at <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 3 DAY
        GROUP BY person, day),
    sold AS (SELECT person, ordered_at FROM orders WHERE valid = 1 AND person != 0),
    unbought AS (
        SELECT c.person AS person, c.at AS at
        FROM carts AS c
        ASOF LEFT JOIN sold AS o ON o.person = c.person AND o.ordered_at >= c.at
        WHERE o.person = 0 OR o.ordered_at > c.at + INTERVAL 1 DAY),
    reminders AS (
        SELECT person, sent_at, clicked_at FROM deliveries WHERE flow_kind = 'cart' AND person != 0),
    reminded AS (
        SELECT u.person AS person, r.person != 0 AND r.sent_at <= u.at + INTERVAL 3 DAY AS sent,
               r.clicked_at AS clicked_at
        FROM unbought AS u
        ASOF LEFT JOIN reminders AS r ON r.person = u.person AND r.sent_at >= u.at),
    recovered AS (
        SELECT r.sent AS sent,
               r.sent AND r.clicked_at > toDateTime64(0, 6, 'UTC') AND o.person != 0
                   AND o.ordered_at < r.clicked_at + INTERVAL 5 DAY AS bought
        FROM reminded AS r
        ASOF LEFT JOIN sold AS o ON o.person = r.person AND o.ordered_at >= r.clicked_at),
    told AS (
        SELECT toFloat64(coalesce(sum(orders), 0)) AS bought, toFloat64(coalesce(sum(coalesce(delivered, recipients)), 0)) AS sent
        FROM mailings
        WHERE kind = 'flow' AND flow_kind = 'cart' AND orders IS NOT NULL AND day > addDays(today, -365) AND day <= today),
    years AS (SELECT least(greatest(dateDiff('day', min(day), today) + 1, 30), 365) / 365. AS on_record FROM sessions)
SELECT 'carts' AS figure, toFloat64(count()) AS k, any(coalesce((SELECT on_record FROM years), 0)) AS n, 0. AS clusters,
       0. AS su, 0. AS sd, 0. AS suu, 0. AS sud, 0. AS sdd
FROM unbought HAVING count() > 0
UNION ALL
SELECT 'carts_reminded', toFloat64(countIf(sent)), toFloat64(count()), 0., 0., 0., 0., 0., 0.
FROM reminded HAVING count() > 0 AND EXISTS (SELECT 1 FROM deliveries)
UNION ALL
SELECT 'carts_recovered', least(k_, n_), n_, 0., 0., 0., 0., 0., 0.
FROM (SELECT if(t.sent > 0, t.bought, r.bought) AS k_, if(t.sent > 0, t.sent, r.sent) AS n_
      FROM told AS t
      CROSS JOIN (SELECT toFloat64(countIf(bought)) AS bought, toFloat64(countIf(sent)) AS sent FROM recovered) AS r)
WHERE n_ > 0
