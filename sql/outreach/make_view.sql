-- name: outreach/make_view
-- Whose an event is: as resolve/sessions.
-- params: scoped UInt8
INSERT INTO contact_view
WITH
    e AS (
        SELECT occurred_at, lower(product_key) AS alias,
            multiIf(
                customer_id != '' AND {scoped:UInt8} = 1, cityHash64('customer', toString(source), customer_id),
                customer_id != '', cityHash64('customer', customer_id),
                user_id != '', cityHash64('login', user_id),
                email != '', cityHash64('email', email),
                phone != '', cityHash64('phone', phone),
                anonymous_id != '', cityHash64('device', anonymous_id), 0) AS who
        FROM raw_event WHERE name = 'product_view' AND product_key != '')
SELECT i.person AS whose, max(e.occurred_at) AS at, if(a.product != '', a.product, e.alias) AS shown
FROM e
INNER JOIN identity AS i ON i.id = e.who
LEFT ANY JOIN contact_alias AS a ON a.alias = e.alias
WHERE whose != 0
GROUP BY whose, shown
ORDER BY whose, at DESC, shown
LIMIT 30 BY whose
