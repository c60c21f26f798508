-- name: insight/revenue_product
-- The order ledger by product: each order's net revenue is spread over its lines in proportion to
-- their totals, to the last minor unit, so that the products add up to the ledger. The empty key
-- holds orders without lines. The newest export of an order's lines counts.
-- params: from Date32, to Date32, limit UInt32, offset UInt32
-- columns: key String, title String, category String, revenue Int64, orders UInt64, quantity Float64
WITH
    sold AS (
        SELECT toString(source) AS source, order_key, net, valid FROM orders
        WHERE day >= {from:Date32} AND day <= {to:Date32}),
    bought AS (
        SELECT toString(source) AS source, order_key,
               if(product_key != '', product_key, if(sku != '', sku, title)) AS product,
               title, category, coalesce(quantity, 0) AS quantity, greatest(coalesce(total, 0), 0) AS total,
               max(import_id) OVER (PARTITION BY source, order_key) AS newest, import_id, line
        FROM raw_line
        WHERE order_key IN (SELECT order_key FROM sold)),
    listed AS (
        SELECT source, order_key, groupArray(product) AS products, groupArray(title) AS titles,
               groupArray(category) AS categories, groupArray(quantity) AS quantities,
               arrayCumSum(groupArray(if(whole > 0, total, 1))) AS upto
        FROM (SELECT *, sum(total) OVER (PARTITION BY source, order_key) AS whole
              FROM bought WHERE import_id = newest ORDER BY source, order_key, line)
        GROUP BY source, order_key),
    parts AS (
        SELECT s.source AS source, s.order_key AS order_key, s.valid AS valid, part.1 AS product, part.2 AS title,
               part.3 AS category, part.4 AS quantity,
               toInt64(round(coalesce(s.net, 0) * (part.5 / l.upto[-1])))
                   - toInt64(round(coalesce(s.net, 0) * (part.6 / l.upto[-1]))) AS net
        FROM sold AS s
        INNER JOIN listed AS l ON l.source = s.source AND l.order_key = s.order_key
        ARRAY JOIN arrayZip(l.products, l.titles, l.categories, l.quantities, l.upto,
                            arrayPushFront(arrayPopBack(l.upto), 0)) AS part
        UNION ALL
        SELECT source, order_key, valid, '', '', '', 0., coalesce(net, 0) FROM sold
        WHERE (source, order_key) NOT IN (SELECT source, order_key FROM listed))
SELECT product AS key, anyLast(parts.title) AS title, toString(anyLast(parts.category)) AS category,
       toInt64(sum(net)) AS revenue, uniqExactIf(source, order_key, valid = 1) AS orders,
       sumIf(parts.quantity, valid = 1) AS quantity
FROM parts
GROUP BY product
ORDER BY revenue DESC, key
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
