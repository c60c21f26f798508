-- name: outreach/reach
-- How to write to people, and what their orders came to. `asked`: the number that was asked for,
-- which may be one that a person had before, or that of any identifier.
-- params: people Array(UInt64)
-- columns: asked UInt64, person UInt64, email String, phone String, first_name String,
--   last_name String, country String, city String, language String, orders UInt64, spent Int64,
--   zip String
WITH who AS (
    SELECT id AS asked, identity.person AS person FROM identity WHERE id IN {people:Array(UInt64)}
    UNION DISTINCT
    SELECT p AS asked, p AS person FROM (SELECT arrayJoin({people:Array(UInt64)}) AS p))
SELECT w.asked AS asked, c.person AS person, c.email AS email, c.phone AS phone, c.first_name AS first_name,
       c.last_name AS last_name, toString(c.country) AS country, c.city AS city,
       toString(c.language) AS language, b.orders AS orders, b.revenue AS spent, c.zip AS zip
FROM (
    SELECT * FROM contact_person
    WHERE person IN (SELECT identity.person FROM identity WHERE id IN {people:Array(UInt64)})
       OR person IN {people:Array(UInt64)}) AS c
INNER JOIN who AS w ON w.person = c.person
LEFT ANY JOIN (
    SELECT customers.person AS person, orders, revenue FROM customers
    WHERE person IN (SELECT identity.person FROM identity WHERE id IN {people:Array(UInt64)})
       OR person IN {people:Array(UInt64)}) AS b ON b.person = c.person
ORDER BY asked
