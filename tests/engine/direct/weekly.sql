-- name: direct/weekly
-- The shop's own measures by week, counted back from the last whole day; nothing where a measure
-- has no records in its week.
-- params: to Date32, weeks UInt32
-- columns: back UInt32, revenue Float64, orders Float64, aov Nullable(Float64), new_customers Float64,
--   refund_share Nullable(Float64), visits Nullable(Float64), conversion Nullable(Float64),
--   spend Nullable(Float64), mer Nullable(Float64)
WITH
    sold AS (
        SELECT toUInt32(intDiv(dateDiff('day', day, {to:Date32}), 7)) AS back, sum(coalesce(net, 0)) AS net,
               countIf(valid = 1) AS n, sum(coalesce(refunded, 0)) AS returned, countIf(nth = 1) AS firsts,
               countIf(valid = 1 AND lower(sales_channel) NOT IN ('pos', 'till', 'store', 'retail')) AS online
        FROM orders WHERE day <= {to:Date32} AND day > addDays({to:Date32}, -7 * {weeks:UInt32}) GROUP BY back),
    visited AS (
        SELECT toUInt32(intDiv(dateDiff('day', day, {to:Date32}), 7)) AS back, sum(sessions) AS n FROM visit_days
        WHERE dimensions = (SELECT any(dimensions) FROM visit_choice WHERE purpose = 'total')
          AND day <= {to:Date32} AND day > addDays({to:Date32}, -7 * {weeks:UInt32}) GROUP BY back),
    paid AS (
        SELECT toUInt32(intDiv(dateDiff('day', day, {to:Date32}), 7)) AS back, sum(coalesce(spent, 0)) AS cost
        FROM spend_days WHERE day <= {to:Date32} AND day > addDays({to:Date32}, -7 * {weeks:UInt32}) GROUP BY back)
SELECT s.back AS back, toFloat64(s.net) AS revenue, toFloat64(s.n) AS orders, s.net / nullIf(s.n, 0) AS aov,
       toFloat64(s.firsts) AS new_customers, s.returned / nullIf(s.net + s.returned, 0) AS refund_share,
       nullIf(v.n, 0) AS visits, s.online / nullIf(v.n, 0) AS conversion, nullIf(toFloat64(p.cost), 0) AS spend,
       s.net / nullIf(p.cost, 0) AS mer
FROM sold AS s
LEFT ANY JOIN visited AS v ON v.back = s.back
LEFT ANY JOIN paid AS p ON p.back = s.back
ORDER BY back DESC
