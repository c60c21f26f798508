-- name: insight/revenue
-- The order ledger by day, week, month, channel, country or device, or all in one row. Revenue is
-- net of refunds; an order on the day of the customer's first is no repeat (measure/ret_1). What
-- is not of a known customer (guests, credit notes) is unknown, so that the three add up.
-- params: from Date32, to Date32, by String, week_start UInt8, limit UInt32, offset UInt32
-- columns: key String, revenue Int64, orders UInt64, aov Nullable(Int64), refunds Int64,
--   new_orders UInt64, new_revenue Int64, returning_orders UInt64, returning_revenue Int64,
--   unknown_orders Int64, unknown_revenue Int64
SELECT
    multiIf({by:String} = 'total', '',
            {by:String} = 'day', toString(day),
            {by:String} = 'week', toString(addDays(day, -((toDayOfWeek(day) - {week_start:UInt8} + 7) % 7))),
            {by:String} = 'month', toString(toStartOfMonth(day)),
            {by:String} = 'channel', toString(channel),
            {by:String} = 'country', toString(country),
            toString(device)) AS key,
    toInt64(sum(coalesce(net, 0))) AS revenue,
    countIf(valid = 1) AS orders,
    if(orders > 0, toInt64(round(sumIf(coalesce(net, 0), valid = 1) / greatest(orders, 1))), NULL) AS aov,
    toInt64(sum(coalesce(refunded, 0))) AS refunds,
    countIf(valid = 1 AND new) AS new_orders, toInt64(sumIf(coalesce(net, 0), valid = 1 AND new)) AS new_revenue,
    countIf(valid = 1 AND again) AS returning_orders,
    toInt64(sumIf(coalesce(net, 0), valid = 1 AND again)) AS returning_revenue,
    orders - new_orders - returning_orders AS unknown_orders,
    revenue - new_revenue - returning_revenue AS unknown_revenue
FROM (
    SELECT o.day AS day, o.channel AS channel, o.country AS country, o.device AS device, o.valid AS valid,
           o.net AS net, o.refunded AS refunded, o.nth >= 1 AND o.day <= f.day AS new,
           o.nth >= 2 AND o.day > f.day AS again
    FROM orders AS o
    LEFT ANY JOIN (SELECT person, day FROM orders WHERE nth = 1) AS f ON f.person = o.person
    WHERE o.day >= {from:Date32} AND o.day <= {to:Date32})
GROUP BY key
HAVING count() > 0
ORDER BY if({by:String} IN ('day', 'week', 'month'), key, ''), revenue DESC, key
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
