-- name: measure/dat_1_apart
-- measure/dat_1 with guests apart: orders of the window (n), and those of a customer with an
-- account (k).
-- Where a source's exports, or its webhooks, name no account at all, nobody is a guest.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
SELECT toUInt8(count() > 0) AS known,
       toFloat64(countIf(identified = 1 AND (source, order_key) NOT IN (
           SELECT source, order_key FROM raw_order
              WHERE (source, updated_at = toDateTime64(0, 6, 'UTC')) IN (SELECT source, updated_at = toDateTime64(0, 6, 'UTC') FROM raw_order WHERE customer_id != '' OR user_id != '')
              GROUP BY source, order_key
              HAVING argMax(customer_id = '' AND user_id = '', (import_id, line))))) AS k,
       toFloat64(count()) AS n
FROM orders
WHERE valid = 1 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
