-- name: audience/became
-- Numbers of people that are another person's by now.
-- params: people Array(UInt64)
-- columns: id UInt64, person UInt64
SELECT id, any(i.person) AS person FROM identity AS i
WHERE id IN {people:Array(UInt64)} AND i.person != 0 AND i.person != id
GROUP BY id
