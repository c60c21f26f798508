-- name: measure/fnd_3
-- Acquisition channels that brought at least 1 % of the orders of the window. Direct visits name no
-- channel. Unknown where no order tells its channel.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, value Float64, n Float64
WITH
    counted AS (
        SELECT toString(channel) AS channel, count() AS c FROM orders
        WHERE valid = 1 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) GROUP BY channel),
    (SELECT sum(c) FROM counted) AS total
SELECT toUInt8(countIf(channel != '') > 0) AS known,
       toFloat64(countIf(channel NOT IN ('', 'Direct', 'Unassigned') AND c >= 0.01 * total)) AS value,
       toFloat64(coalesce(total, 0)) AS n
FROM counted
