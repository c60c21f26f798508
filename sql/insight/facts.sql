-- name: insight/facts
-- Headline facts of the shop: the order ledger's span, and orders, known customers, net revenue,
-- refunds and the share of revenue from repeat orders over the last 365 days. An order on the day
-- of the customer's first is no repeat (measure/ret_1).
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: first_order_at DateTime64(6, 'UTC'), last_order_at DateTime64(6, 'UTC'), orders UInt64,
--   customers UInt64, revenue Int64, refunds Int64, repeat_revenue Int64, known_revenue Int64
WITH toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}) AS today
SELECT
    minIf(ordered_at, valid = 1) AS first_order_at, maxIf(ordered_at, valid = 1) AS last_order_at,
    countIf(valid = 1 AND recent) AS orders,
    uniqExactIf(person, valid = 1 AND identified = 1 AND recent) AS customers,
    toInt64(coalesce(sumIf(net, recent), 0)) AS revenue,
    toInt64(coalesce(sumIf(refunded, recent), 0)) AS refunds,
    toInt64(coalesce(sumIf(net, recent AND nth >= 2 AND day > first_day), 0)) AS repeat_revenue,
    toInt64(coalesce(sumIf(net, recent AND nth >= 1), 0)) AS known_revenue
FROM (
    SELECT o.person AS person, o.valid AS valid, o.identified AS identified, o.ordered_at AS ordered_at,
           o.net AS net, o.refunded AS refunded, o.nth AS nth, o.day AS day, f.day AS first_day,
           o.day > addDays(today, -365) AND o.day <= today AS recent
    FROM orders AS o
    LEFT ANY JOIN (SELECT person, day FROM orders WHERE nth = 1) AS f ON f.person = o.person)
