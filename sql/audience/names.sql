-- name: audience/names
-- Name and address of some people.
-- params: people Array(UInt64)
-- columns: person UInt64, name String, email String, orders UInt64, revenue Int64
SELECT person, name, email, orders, revenue FROM customers WHERE person IN {people:Array(UInt64)}
