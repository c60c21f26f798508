-- name: direct/customers
-- Known customers with their scores (insight/rfm); all of them, or those of one group.
-- params: groups Array(String), group String, sort String, limit UInt32, offset UInt32
-- columns: person UInt64, name String, email String, country String, first_day Date32, last_day Date32,
--   orders UInt64, revenue Int64, aov Nullable(Int64), recency UInt8, frequency UInt8, monetary UInt8,
--   segment String
SELECT person, name, email, toString(c.country) AS country, first_day, last_day, orders, revenue,
       toInt64(round(revenue / nullIf(orders, 0))) AS aov, recency, frequency, monetary,
       {groups:Array(String)}[(recency - 1) * 5 + intDiv(frequency + monetary + 1, 2)] AS segment
FROM customers AS c
WHERE recency > 0 AND {group:String} IN ('all', segment)
ORDER BY multiIf({sort:String} = 'revenue', -revenue, {sort:String} = 'orders', -toInt64(orders),
                 {sort:String} = 'recent', -toInt64(toInt32(last_day)), toInt64(toInt32(first_day))), person
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
