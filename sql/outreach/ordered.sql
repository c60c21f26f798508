-- name: outreach/ordered
-- When people ordered last, of orders that stand. `asked` as in outreach/reach.
-- params: people Array(UInt64)
-- columns: asked UInt64, ordered_us Int64
WITH who AS (
    SELECT id AS asked, identity.person AS person FROM identity WHERE id IN {people:Array(UInt64)}
    UNION DISTINCT
    SELECT p AS asked, p AS person FROM (SELECT arrayJoin({people:Array(UInt64)}) AS p))
SELECT w.asked AS asked, max(toUnixTimestamp64Micro(o.ordered_at)) AS ordered_us
FROM (
    SELECT orders.person AS person, ordered_at FROM orders
    WHERE valid = 1 AND (person IN (SELECT identity.person FROM identity WHERE id IN {people:Array(UInt64)})
       OR person IN {people:Array(UInt64)})) AS o
INNER JOIN who AS w ON w.person = o.person
GROUP BY asked
ORDER BY asked
