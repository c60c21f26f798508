-- name: insight/product_days
-- The order ledger by day and product, as sums over any span are made of: each order's net revenue is spread over its lines in proportion to
-- their totals, to the last minor unit, so that the products add up to the ledger. The empty key
-- holds orders without lines. The newest export of an order's lines counts,
-- or those of the webhook that the order was taken from. An order is of one day, so
-- that its products' orders may be added over days.
-- columns: day Date32, product String, title String, category String, revenue Int64, orders UInt64,
--   quantity Float64
WITH
    sold AS (
        SELECT toString(source) AS source, order_key, day, net, valid FROM orders),
    live AS (SELECT toString(source), order_key, import_id, line FROM orders WHERE is_live = 1),
    bought AS (
        SELECT toString(source) AS source, order_key,
               if(product_key != '', product_key, if(sku != '', sku, title)) AS product,
               title, category, coalesce(quantity, 0) AS quantity, greatest(coalesce(total, 0), 0) AS total,
               max(import_id) OVER (PARTITION BY source, order_key) AS newest, import_id, line
        FROM raw_line
        WHERE updated_at = toDateTime64(0, 6, 'UTC') OR (source, order_key, import_id, line) IN live),
    listed AS (
        SELECT source, order_key, groupArray(product) AS products, groupArray(title) AS titles,
               groupArray(category) AS categories, groupArray(quantity) AS quantities,
               arrayCumSum(groupArray(if(whole > 0, total, 1))) AS upto
        FROM (SELECT *, sum(total) OVER (PARTITION BY source, order_key) AS whole
              FROM bought WHERE import_id = newest ORDER BY source, order_key, line, product, title)
        GROUP BY source, order_key),
    parts AS (
        SELECT s.day AS day, s.source AS source, s.order_key AS order_key, s.valid AS valid, part.1 AS product, part.2 AS title,
               part.3 AS category, part.4 AS quantity,
               toInt64(round(coalesce(s.net, 0) * (part.5 / l.upto[-1])))
                   - toInt64(round(coalesce(s.net, 0) * (part.6 / l.upto[-1]))) AS net
        FROM sold AS s
        INNER JOIN listed AS l ON l.source = s.source AND l.order_key = s.order_key
        ARRAY JOIN arrayZip(l.products, l.titles, l.categories, l.quantities, l.upto,
                            arrayPushFront(arrayPopBack(l.upto), 0)) AS part
        UNION ALL
        SELECT day, source, order_key, valid, '', '', '', 0., coalesce(net, 0) FROM sold
        WHERE (source, order_key) NOT IN (SELECT source, order_key FROM listed))
SELECT day, product, argMax(parts.title, (source, order_key)) AS title,
       toString(argMax(parts.category, (source, order_key))) AS category,
       toInt64(sum(net)) AS revenue, uniqExactIf(source, order_key, valid = 1) AS orders,
       sumIf(parts.quantity, valid = 1) AS quantity
FROM parts
GROUP BY day, product
ORDER BY day, product
