-- name: outreach/make_product
-- By the newest word of the catalogue, of several variants the least price; else by the newest line.
-- The address is the catalogue's, else that of the page on which the product was looked at last,
-- without its query.
-- params: currency String, decimals UInt8
INSERT INTO contact_product
WITH
    catalogue AS (
        SELECT lower(product_key) AS product, argMaxIf(title, version, title != '') AS name,
               argMaxIf(url, version, url != '') AS page, argMaxIf(image, version, image != '') AS picture,
               argMax(lower(toString(status)), version) AS state,
               minIf(if(currency IN ('', {currency:String}),
                        toInt64(round(price / pow(10, 6 - {decimals:UInt8}))), NULL), version = newest) AS least
        FROM (SELECT product_key, title, url, image, status, price, toString(currency) AS currency, (updated_at, import_id) AS version,
                     max((updated_at, import_id)) OVER (PARTITION BY lower(product_key)) AS newest
              FROM raw_product WHERE product_key != '')
        GROUP BY product),
    bought AS (
        SELECT product, argMaxIf(title, at, title != '') AS name, argMaxIf(price, at, price IS NOT NULL) AS paid,
               uniqExactIf(person, at > (SELECT max(at) FROM contact_line) - INTERVAL 90 DAY) AS buyers
        FROM contact_line GROUP BY product),
    seen AS (
        SELECT if(a.product != '', a.product, e.alias) AS product, argMax(e.page, e.occurred_at) AS url
        FROM (SELECT lower(product_key) AS alias, occurred_at, cutQueryStringAndFragment(page) AS page FROM raw_event
              WHERE name = 'product_view' AND product_key != '' AND startsWith(raw_event.page, 'http')) AS e
        LEFT ANY JOIN contact_alias AS a ON a.alias = e.alias
        GROUP BY product)
SELECT p.product, if(c.name != '', c.name, b.name), if(c.page != '', c.page, s.url), c.picture, if(c.least IS NOT NULL, c.least, b.paid),
       c.state NOT IN ('draft', 'archived', 'deleted', 'private', 'trash', 'pending', 'unlisted', 'inactive', 'hidden',
                       'outofstock', 'out of stock', 'sold out'),
       b.buyers
FROM (SELECT product FROM catalogue UNION DISTINCT SELECT product FROM bought) AS p
LEFT ANY JOIN catalogue AS c ON c.product = p.product
LEFT ANY JOIN bought AS b ON b.product = p.product
LEFT ANY JOIN seen AS s ON s.product = p.product
