-- name: measure/ret_apart
-- measure/ret_1 and ret_2 with guests apart: an order without an account is a customer of its own,
-- even where its address is known. First-time customers whose `horizon` of days is over (n), and
-- those who bought again within it (k).
-- Where a source's exports, or its webhooks, name no account at all, nobody is a guest.
-- params: as_of DateTime64(6, 'UTC'), horizon UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    apart AS (
        SELECT if((source, order_key) IN (SELECT source, order_key FROM raw_order
              WHERE (source, updated_at = toDateTime64(0, 6, 'UTC')) IN (SELECT source, updated_at = toDateTime64(0, 6, 'UTC') FROM raw_order WHERE customer_id != '' OR user_id != '')
              GROUP BY source, order_key
              HAVING argMax(customer_id = '' AND user_id = '', (import_id, line))),
                  cityHash64('order', toString(source), order_key), person) AS buyer, ordered_at, day
        FROM orders WHERE valid = 1 AND identified = 1),
    firsts AS (
        SELECT buyer, min(ordered_at) AS first_at, min(day) AS first_day FROM apart GROUP BY buyer
        HAVING first_at > {as_of:DateTime64(6, 'UTC')} - toIntervalDay(365 + {horizon:UInt32})
           AND first_at <= {as_of:DateTime64(6, 'UTC')} - toIntervalDay({horizon:UInt32})),
    seconds AS (
        SELECT a.buyer AS buyer, min(a.ordered_at) AS second_at FROM apart AS a
        INNER JOIN firsts AS f ON f.buyer = a.buyer
        WHERE a.day > f.first_day
        GROUP BY buyer)
SELECT toUInt8(count() > 0) AS known,
       toFloat64(countIf(s.buyer != 0 AND s.second_at <= f.first_at + toIntervalDay({horizon:UInt32}))) AS k,
       toFloat64(count()) AS n
FROM firsts AS f
LEFT ANY JOIN seconds AS s ON s.buyer = f.buyer
