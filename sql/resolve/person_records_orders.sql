-- name: resolve/person_records_orders
-- An order stands with its own person. By itself: what it needs in memory is not needed beside that
-- of other records.
INSERT INTO person_records
SELECT person, 'order' AS record, toString(r.source) AS source, r.email AS email, r.phone AS phone,
       r.customer_id AS customer, r.user_id AS login,
       if(r.anonymous_id = '', '', toString(cityHash64('device', r.anonymous_id))) AS device,
       min(r.ordered_at), count()
FROM raw_order AS r
INNER JOIN (SELECT person, toString(source) AS source, order_key FROM orders WHERE person != 0) AS o
    ON o.source = toString(r.source) AND o.order_key = r.order_key
GROUP BY person, source, email, phone, customer, login, device
