-- name: measure/acq_4
-- First-order revenue of the window's new customers (d), and of it what the largest channel brought
-- (u). Orders without a known channel are left out.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: person UInt64, u Float64, d Float64
WITH
    firsts AS (
        SELECT person, toString(channel) AS channel, toFloat64(coalesce(net, 0)) AS net FROM orders
        WHERE nth = 1 AND channel != '' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
    (SELECT argMax(channel, (total, channel)) FROM (SELECT channel, sum(net) AS total FROM firsts GROUP BY channel)) AS largest
SELECT person, sum(if(channel = largest, net, 0)) AS u, sum(net) AS d FROM firsts
GROUP BY person ORDER BY person
