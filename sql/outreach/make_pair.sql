-- name: outreach/make_pair
-- Item-to-item, cosine (Linden, Smith and York 2003): at least three people; the twenty best of each
-- product. An order of more than 30 products, and of each person all but the newest 30, are left out.
INSERT INTO contact_pair
WITH
    buyers AS (SELECT product, uniqExact(person) AS n FROM contact_line GROUP BY product),
    pairs AS (
        SELECT 'together' AS way, product, other, uniqExact(person) AS people
        FROM (SELECT person, products, arrayJoin(products) AS product
              FROM (SELECT person, source, order_key, groupUniqArray(product) AS products
                    FROM contact_line GROUP BY person, source, order_key)
              WHERE length(products) BETWEEN 2 AND 30)
        ARRAY JOIN products AS other
        WHERE other != product
        GROUP BY product, other
        HAVING people >= 3
        UNION ALL
        SELECT 'next', first.2 AS product, then.2 AS other, count() AS people
        FROM (SELECT arraySlice(arraySort(groupArray((at, product))), -30) AS bought
              FROM (SELECT person, product, min(at) AS at FROM contact_line GROUP BY person, product)
              GROUP BY person HAVING length(bought) > 1)
        ARRAY JOIN bought AS first
        ARRAY JOIN bought AS then
        WHERE first.1 < then.1
        GROUP BY product, other
        HAVING people >= 3)
SELECT p.way, cityHash64(p.product), p.other, p.people, p.people / sqrt(toFloat64(a.n) * b.n) AS score
FROM pairs AS p
INNER JOIN buyers AS a ON a.product = p.product
INNER JOIN buyers AS b ON b.product = p.other
ORDER BY p.way, p.product, score DESC, p.other
LIMIT 20 BY p.way, p.product
SETTINGS max_bytes_before_external_group_by = 134217728
