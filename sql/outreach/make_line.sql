-- name: outreach/make_line
-- The lines of the newest export of an order, or of the webhook that the order was taken from.
-- params: currency String, decimals UInt8
INSERT INTO contact_line
WITH
    sold AS (
        SELECT toString(source) AS source, order_key, person, ordered_at
        FROM orders WHERE valid = 1 AND identified = 1),
    live AS (SELECT toString(source), order_key, import_id, line FROM orders WHERE is_live = 1),
    bought AS (
        SELECT toString(source) AS source, order_key, lower(product_key) AS by_key, lower(sku) AS by_sku,
               lower(trim(title)) AS by_title, title, quantity,
               if(currency IN ('', {currency:String}),
                  toInt64(round(unit_price / pow(10, 6 - {decimals:UInt8}))), NULL) AS price,
               max(import_id) OVER (PARTITION BY source, order_key) AS newest, import_id
        FROM raw_line
        WHERE updated_at = toDateTime64(0, 6, 'UTC') OR (source, order_key, import_id, line) IN live)
SELECT s.person, s.ordered_at, b.source, b.order_key,
       multiIf(k.product != '', k.product, u.product != '', u.product, t.product != '', t.product,
               b.by_key != '', b.by_key, b.by_sku != '', b.by_sku, b.by_title) AS named,
       b.title, b.quantity, b.price
FROM bought AS b
INNER JOIN sold AS s ON s.source = b.source AND s.order_key = b.order_key
LEFT ANY JOIN contact_alias AS k ON k.alias = b.by_key
LEFT ANY JOIN contact_alias AS u ON u.alias = b.by_sku
LEFT ANY JOIN contact_alias AS t ON t.alias = b.by_title
WHERE b.import_id = b.newest AND named != ''
