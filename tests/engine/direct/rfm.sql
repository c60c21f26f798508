-- name: direct/rfm
-- Known customers by the fifth that their last order falls into (5: the most recent) and by the
-- mean of the fifths of orders and revenue. `groups`: the name of each cell, row by row.
-- params: groups Array(String), limit UInt32, offset UInt32
-- columns: recency UInt8, worth UInt8, segment String, customers UInt64, orders UInt64, revenue Int64
SELECT recency, toUInt8(intDiv(frequency + monetary + 1, 2)) AS worth,
       {groups:Array(String)}[(recency - 1) * 5 + worth] AS segment, count() AS customers,
       sum(customers.orders) AS orders, toInt64(sum(customers.revenue)) AS revenue
FROM customers
WHERE recency > 0
GROUP BY recency, worth
ORDER BY recency DESC, worth DESC
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
