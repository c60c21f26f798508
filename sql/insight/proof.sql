-- name: insight/proof
-- What is counted twice, from the raw tables and from the resolved ones: orders, and their money in
-- the currency of the report (as it came: other currencies are converted by rates). Of an order that
-- webhooks tell of, their latest word counts, whatever exports say of it.
-- params: currency String
-- columns: raw_orders UInt64, orders UInt64, raw_total Int64, total Int64
WITH
    toDateTime64(0, 6, 'UTC') AS never,
    told AS (
        SELECT DISTINCT source, trim(LEADING '#' FROM number) FROM raw_order
        WHERE updated_at > never AND number != ''),
    latest AS (
        SELECT currency, total
        FROM (
            SELECT source, order_key, currency, total FROM raw_order
            WHERE is_test != 1 AND updated_at = never
              AND (source, trim(LEADING '#' FROM if(number = '', order_key, number))) NOT IN told
            ORDER BY import_id DESC, line DESC
            LIMIT 1 BY source, order_key)
        UNION ALL
        SELECT currency, total
        FROM (
            SELECT source, order_key, status, currency, total FROM raw_order
            WHERE is_test != 1 AND updated_at > never
            ORDER BY updated_at DESC, line DESC
            LIMIT 1 BY source, order_key)
        WHERE status != 'deleted')
SELECT
    assumeNotNull((SELECT count() FROM latest)) AS raw_orders,
    assumeNotNull((SELECT count() FROM orders)) AS orders,
    assumeNotNull((SELECT toInt64(coalesce(sum(total), 0)) FROM latest WHERE currency = {currency:String})) AS raw_total,
    assumeNotNull((SELECT toInt64(coalesce(sum(total), 0)) FROM orders WHERE currency = {currency:String})) AS total
