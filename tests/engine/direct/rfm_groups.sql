-- name: direct/rfm_groups
-- The named groups of insight/rfm with their share of customers and revenue; last_day is the
-- median of the last orders' days.
-- params: groups Array(String), limit UInt32, offset UInt32
-- columns: segment String, customers UInt64, customers_share Float64, orders UInt64, revenue Int64,
--   revenue_share Float64, aov Nullable(Int64), last_day Date32
WITH (SELECT (count(), sum(revenue)) FROM customers WHERE recency > 0) AS whole
SELECT segment, count() AS customers, coalesce(count() / nullIf(whole.1, 0), 0) AS customers_share,
       sum(c.orders) AS orders, toInt64(sum(c.revenue)) AS revenue,
       coalesce(revenue / nullIf(whole.2, 0), 0) AS revenue_share,
       toInt64(round(revenue / nullIf(orders, 0))) AS aov,
       addDays(toDate32('1970-01-01'), quantileExact(0.5)(toInt32(c.last_day))) AS last_day
FROM (SELECT *, {groups:Array(String)}[(recency - 1) * 5 + intDiv(frequency + monetary + 1, 2)] AS segment
      FROM customers WHERE recency > 0) AS c
GROUP BY segment
ORDER BY revenue DESC, segment
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
