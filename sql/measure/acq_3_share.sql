-- name: measure/acq_3_share
-- Of the paid channels with at least 10 % of the spend, the share of which spend, revenue and new
-- customers are all known.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, value Float64, n Float64
WITH
    paid AS (
        SELECT toString(channel) AS channel, sum(spent) AS paid_sum,
               countIf(conversion_value IS NOT NULL) AS claimed,
               countIf(new_customers IS NOT NULL) AS told_new,
               sumIf(spent, grain <= 7) AS fine
        FROM spend_days
        WHERE spent > 0 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
        GROUP BY channel),
    sold AS (
        SELECT toString(channel) AS channel, count() AS orders, countIf(nth = 1) AS firsts FROM orders
        WHERE valid = 1 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) GROUP BY channel),
    rows AS (
        SELECT p.channel AS channel, p.paid_sum AS spent, p.fine AS fine,
               (p.claimed > 0 OR s.orders > 0) AND (p.told_new > 0 OR s.firsts > 0) AS told,
               p.paid_sum >= 0.1 * (SELECT sum(paid_sum) FROM paid) AS large
        FROM paid AS p LEFT JOIN sold AS s ON s.channel = p.channel)
SELECT toUInt8(EXISTS (SELECT 1 FROM spend_days)) AS known, if(countIf(large) = 0, 0, countIf(large AND told) / countIf(large)) AS value, toFloat64(count()) AS n
FROM rows
