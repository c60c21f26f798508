-- name: identity/find_ordered
-- Whose the orders are that a platform numbers so, with the person or 0: those of nobody's account or of one
-- customer's, unless the person has another account there, whose word it is not.
-- params: source String, customer String, numbers String
-- columns: order_key String, person UInt64
WITH
    ordered AS (
        SELECT order_key, email, phone, user_id
        FROM raw_order
        WHERE toString(source) = {source:String} AND customer_id IN ('', {customer:String})
          AND order_key IN (SELECT arrayJoin(splitByChar('\n', {numbers:String})))),
    found AS (
        SELECT order_key, person
        FROM (
            SELECT order_key, arrayJoin(arrayFilter(h -> h != 0, [
                       if(email = '', 0, cityHash64('email', email)), if(phone = '', 0, cityHash64('phone', phone)),
                       if(user_id = '', 0, cityHash64('login', user_id))])) AS id
            FROM ordered) AS hashed
        INNER JOIN identity ON identity.id = hashed.id
        WHERE person != 0),
    theirs AS (SELECT id, person FROM identity WHERE person IN (SELECT person FROM found)),
    accounts AS (
        SELECT DISTINCT arrayJoin([cityHash64('customer', customer_id), cityHash64('customer', toString(source), customer_id)]) AS id
        FROM (SELECT customer_id, source FROM raw_person UNION ALL SELECT customer_id, source FROM raw_order)
        WHERE toString(source) = {source:String} AND customer_id NOT IN ('', {customer:String})
          AND (cityHash64('customer', customer_id) IN (SELECT id FROM theirs)
               OR cityHash64('customer', toString(source), customer_id) IN (SELECT id FROM theirs)))
SELECT DISTINCT ordered.order_key AS order_key, found.person AS person
FROM ordered
LEFT JOIN found ON found.order_key = ordered.order_key
WHERE found.person NOT IN (SELECT person FROM theirs WHERE id IN (SELECT id FROM accounts))
ORDER BY order_key, person
