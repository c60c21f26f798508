-- name: identity/numbers
-- Customer numbers of the shop, while it has one source that gives them.
-- columns: customer UInt64
SELECT cityHash64('customer', customer_id) AS customer FROM raw_person WHERE customer_id != ''
UNION DISTINCT
SELECT cityHash64('customer', customer_id) FROM raw_order WHERE customer_id != ''
