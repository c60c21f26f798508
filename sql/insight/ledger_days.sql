-- name: insight/ledger_days
-- The order ledger by day and all that it is told by, as sums over any span are made of. Revenue is
-- net of refunds; an order on the day of the customer's first is no repeat (measure/ret_1); what is
-- not of a known customer (guests, credit notes) is neither new nor returning. last, first: touches
-- (resolve/order_touches). touched: orders that a channel can have brought. online: those
-- that no till took.
-- columns: day Date32, channel String, country String, device String, campaign String, last String,
--   first String, net Int64, orders UInt64, valid_net Int64, refunds Int64, new_orders UInt64,
--   new_revenue Int64, returning_orders UInt64, returning_revenue Int64, firsts UInt64, touched UInt64,
--   online UInt64
SELECT day, channel, country, device, campaign, last, first,
       toInt64(sum(amount)) AS net, countIf(valid = 1) AS orders, toInt64(sumIf(amount, valid = 1)) AS valid_net,
       toInt64(sum(back)) AS refunds,
       countIf(valid = 1 AND new) AS new_orders, toInt64(sumIf(amount, valid = 1 AND new)) AS new_revenue,
       countIf(valid = 1 AND again) AS returning_orders,
       toInt64(sumIf(amount, valid = 1 AND again)) AS returning_revenue,
       countIf(nth = 1) AS firsts, countIf(valid = 1 OR amount != 0) AS touched,
       countIf(valid = 1 AND lower(sales_channel) NOT IN ('pos', 'till', 'store', 'retail')) AS online
FROM (
    SELECT o.day AS day, toString(o.channel) AS channel, toString(o.country) AS country,
           toString(o.device) AS device, t.campaign AS campaign, toString(t.last) AS last,
           toString(t.first) AS first, o.sales_channel AS sales_channel, o.valid AS valid, o.nth AS nth, coalesce(o.net, 0) AS amount,
           coalesce(o.refunded, 0) AS back, o.nth >= 1 AND o.day <= f.day AS new,
           o.nth >= 2 AND o.day > f.day AS again
    FROM orders AS o
    LEFT ANY JOIN (SELECT person, day FROM orders WHERE nth = 1) AS f ON f.person = o.person
    LEFT ANY JOIN order_touches AS t ON t.source = o.source AND t.order_key = o.order_key)
GROUP BY day, channel, country, device, campaign, last, first
ORDER BY day
