-- name: insight/spend
-- Marketing spend by day, week or month (or all in one row) beside what the whole shop took: MER =
-- revenue over spend, CAC = spend over first orders of known customers.
-- params: from Date32, to Date32, by String, week_start UInt8, limit UInt32, offset UInt32
-- columns: key String, spend Int64, revenue Int64, mer Nullable(Float64), new_orders UInt64,
--   cac Nullable(Int64), clicks Float64, claimed_orders Float64, claimed_revenue Int64
SELECT multiIf({by:String} = 'total', '',
               {by:String} = 'day', toString(day),
               {by:String} = 'week', toString(addDays(day, -((toDayOfWeek(day) - {week_start:UInt8} + 7) % 7))),
               toString(toStartOfMonth(day))) AS key,
       toInt64(sum(spent)) AS spend, toInt64(sum(net)) AS revenue, revenue / nullIf(spend, 0) AS mer,
       sum(new) AS new_orders, if(spend > 0 AND new_orders > 0, toInt64(round(spend / greatest(new_orders, 1))), NULL) AS cac,
       sum(clicked) AS clicks, sum(claims) AS claimed_orders, toInt64(sum(worth)) AS claimed_revenue
FROM (
    SELECT day, sum(coalesce(spend_days.spent, 0)) AS spent, toInt64(0) AS net, toUInt64(0) AS new,
           sum(coalesce(spend_days.clicks, 0.)) AS clicked, sum(coalesce(conversions, 0.)) AS claims,
           sum(coalesce(conversion_value, 0)) AS worth
    FROM spend_days WHERE day >= {from:Date32} AND day <= {to:Date32} GROUP BY day
    UNION ALL
    SELECT day, 0, sum(coalesce(orders.net, 0)), countIf(nth = 1), 0., 0., 0 FROM orders
    WHERE day >= {from:Date32} AND day <= {to:Date32} AND (SELECT count() FROM spend_days) > 0
    GROUP BY day)
GROUP BY key
ORDER BY key
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
