-- name: insight/missing_orders
-- Runs of order numbers that nobody told of, in shops that number their orders one after the other:
-- at least 20 orders, four fifths of the numbers from the least to the greatest. Some numbers are
-- missing in every shop (deleted and test orders); a run is told when fewer than one of its length
-- in twenty such spans would come of the other missing numbers' share alone. Not the last four
-- hours: shops send again for so long.
-- params: from Int32, to Int32, as_of DateTime64(6, 'UTC'), tz String, limit UInt32, offset UInt32
-- columns: source String, from_day Date32, to_day Date32, first_number Int64, last_number Int64,
--   missing Int64, share Float64
WITH
    told AS (
        SELECT toString(source) AS source,
               toInt64OrZero(extract(if(number = '', order_key, number), '([0-9]{1,15})[^0-9]*$')) AS n,
               min(ordered_at) AS at
        FROM raw_order
        WHERE kind != 'return'
        GROUP BY source, n
        HAVING n > 0 AND toDate32(at, {tz:String}) BETWEEN toDate32({from:Int32}) AND toDate32({to:Int32})
           AND at <= {as_of:DateTime64(6, 'UTC')}),
    spans AS (
        SELECT source, max(n) - min(n) + 1 AS span, count() AS present FROM told
        GROUP BY source HAVING present >= 20 AND present >= 0.8 * span),
    steps AS (
        SELECT source, n, at,
               lagInFrame(n, 1, n - 1) OVER w AS before, lagInFrame(at, 1, at) OVER w AS before_at
        FROM told
        WINDOW w AS (PARTITION BY source ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING))
SELECT t.source AS source, toDate32(least(before_at, at), {tz:String}) AS from_day,
       toDate32(greatest(before_at, at), {tz:String}) AS to_day,
       before + 1 AS first_number, n - 1 AS last_number, n - before - 1 AS missing,
       (s.span - s.present - missing + 0.5) / (s.span - missing + 1) AS share
FROM steps AS t INNER JOIN spans AS s ON s.source = t.source
WHERE n - before > 1 AND at <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 4 HOUR
  AND s.span * pow(share, missing) < 0.05
ORDER BY to_day DESC, source, first_number DESC
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
