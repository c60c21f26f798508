-- name: identity/ledger
-- Orders that tell whose they are, by each of their names; as identity/edges has them.
-- params: scoped UInt8
-- columns: name UInt64, login UInt64, customer UInt64, maybe UInt64, email UInt64, phone UInt64,
--   first_at DateTime64(6, 'UTC')
WITH (kind, value) -> if(value = '', 0, cityHash64(kind, value)) AS id_of
SELECT
    cityHash64(arrayJoin(arrayDistinct(arrayFilter(n -> n != '', [trim(LEADING '#' FROM number), order_key])))) AS name,
    id_of('login', user_id) AS login,
    if({scoped:UInt8} = 1, if(customer_id = '', 0, cityHash64('customer', toString(source), customer_id)),
       id_of('customer', customer_id)) AS customer,
    if({scoped:UInt8} = 1, 0, id_of('customer', user_id)) AS maybe,
    id_of('email', raw_order.email) AS email, id_of('phone', raw_order.phone) AS phone, min(ordered_at) AS first_at
FROM raw_order
WHERE is_test != 1 AND (user_id != '' OR customer_id != '' OR raw_order.email != '' OR raw_order.phone != '')
GROUP BY name, login, customer, maybe, email, phone
