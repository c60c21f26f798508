-- name: outreach/reach
-- How to write to people. `asked`: the number that was asked for, which may be one that a person had
-- before, or that of any identifier.
-- params: people Array(UInt64)
-- columns: asked UInt64, person UInt64, email String, phone String, country String, language String
WITH who AS (
    SELECT id AS asked, identity.person AS person FROM identity WHERE id IN {people:Array(UInt64)}
    UNION DISTINCT
    SELECT p AS asked, p AS person FROM (SELECT arrayJoin({people:Array(UInt64)}) AS p))
SELECT w.asked AS asked, c.person AS person, c.email AS email, c.phone AS phone,
       toString(c.country) AS country, toString(c.language) AS language
FROM (
    SELECT * FROM contact_person
    WHERE person IN (SELECT identity.person FROM identity WHERE id IN {people:Array(UInt64)})
       OR person IN {people:Array(UInt64)}) AS c
INNER JOIN who AS w ON w.person = c.person
ORDER BY asked
