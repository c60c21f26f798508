-- name: insight/proof
-- What is counted twice, from the raw tables and from the resolved ones: orders, and their money in
-- the currency of the report (as it came: other currencies are converted by rates).
-- params: currency String
-- columns: raw_orders UInt64, orders UInt64, raw_total Int64, total Int64
WITH latest AS (
    SELECT source, order_key, currency, total
    FROM raw_order
    WHERE is_test != 1
    ORDER BY import_id DESC, line DESC
    LIMIT 1 BY source, order_key)
SELECT
    assumeNotNull((SELECT count() FROM latest)) AS raw_orders,
    assumeNotNull((SELECT count() FROM orders)) AS orders,
    assumeNotNull((SELECT toInt64(coalesce(sum(total), 0)) FROM latest WHERE currency = {currency:String})) AS raw_total,
    assumeNotNull((SELECT toInt64(coalesce(sum(total), 0)) FROM orders WHERE currency = {currency:String})) AS total
