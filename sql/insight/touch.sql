-- name: insight/touch
-- The ledger's orders by three tellers: the last touch that was not direct, the first touch
-- (resolve/order_touches), and what the advertising platforms claim.
-- params: from Date32, to Date32, limit UInt32, offset UInt32
-- columns: channel String, last_orders UInt64, last_revenue Int64, first_orders UInt64, first_revenue Int64,
--   spend Nullable(Int64), claimed_orders Nullable(Float64), claimed_revenue Nullable(Int64),
--   difference Nullable(Int64)
SELECT toString(touched) AS channel, countIf(teller = 1 AND valid = 1) AS last_orders,
       toInt64(sumIf(net, teller = 1)) AS last_revenue, countIf(teller = 2 AND valid = 1) AS first_orders,
       toInt64(sumIf(net, teller = 2)) AS first_revenue,
       if(countIf(teller = 3) > 0, toInt64(sum(spent)), NULL) AS spend,
       if(countIf(claims IS NOT NULL) > 0, sum(claims), NULL) AS claimed_orders,
       if(countIf(worth IS NOT NULL) > 0, toInt64(sum(worth)), NULL) AS claimed_revenue,
       claimed_revenue - last_revenue AS difference
FROM (
    SELECT teller, if(teller = 1, toString(t.last), toString(t.first)) AS touched, coalesce(o.net, 0) AS net,
           o.valid AS valid, toInt64(0) AS spent, CAST(NULL AS Nullable(Float64)) AS claims,
           CAST(NULL AS Nullable(Int64)) AS worth
    FROM orders AS o
    LEFT ANY JOIN order_touches AS t ON t.source = o.source AND t.order_key = o.order_key
    ARRAY JOIN [1, 2] AS teller
    WHERE o.day >= {from:Date32} AND o.day <= {to:Date32} AND (o.valid = 1 OR o.net != 0)
    UNION ALL
    SELECT 3, if(spend_days.channel = '', 'Unassigned', toString(spend_days.channel)), 0, 0, coalesce(spend_days.spent, 0), conversions,
           conversion_value
    FROM spend_days WHERE day >= {from:Date32} AND day <= {to:Date32})
GROUP BY touched
ORDER BY last_revenue DESC, channel
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
