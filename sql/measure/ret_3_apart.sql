-- name: measure/ret_3_apart
-- measure/ret_3 with guests apart: an order without an account is a customer of its own, and never
-- one that came back.
-- Where a source's exports, or its webhooks, name no account at all, nobody is a guest.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: person UInt64, u Float64, d Float64
WITH
    apart AS (
        SELECT if((source, order_key) IN (SELECT source, order_key FROM raw_order
              WHERE (source, updated_at = toDateTime64(0, 6, 'UTC')) IN (SELECT source, updated_at = toDateTime64(0, 6, 'UTC') FROM raw_order WHERE customer_id != '' OR user_id != '')
              GROUP BY source, order_key
              HAVING argMax(customer_id = '' AND user_id = '', (import_id, line))),
                  cityHash64('order', toString(source), order_key), person) AS buyer, day,
               toFloat64(coalesce(net, 0)) AS net_
        FROM orders WHERE valid = 1 AND identified = 1),
    firsts AS (SELECT buyer, min(day) AS first_day FROM apart GROUP BY buyer)
SELECT a.buyer AS person, sum(if(a.day > f.first_day, a.net_, 0)) AS u, sum(a.net_) AS d
FROM apart AS a
INNER JOIN firsts AS f ON f.buyer = a.buyer
WHERE a.day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND a.day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
GROUP BY a.buyer
ORDER BY person
