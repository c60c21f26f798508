-- name: insight/people
-- Known people with what their standing orders came to and their scores (resolve/customers), and
-- name and address as search compares them.
-- columns: person UInt64, name String, email String, country String, first_day Date32, last_day Date32,
--   orders UInt64, revenue Int64, recency UInt8, frequency UInt8, monetary UInt8, name_lower String,
--   email_lower String
SELECT person, name, email, toString(c.country) AS country, first_day, last_day, orders, revenue, recency,
       frequency, monetary, lowerUTF8(name) AS name_lower, lowerUTF8(email) AS email_lower
FROM customers AS c
ORDER BY person
