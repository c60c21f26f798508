-- name: audience/made
-- Whether the audience tables are of the resolved records, and how many people there are.
-- columns: fresh UInt8, people UInt64
SELECT count() > 0 AS fresh, max(people) AS people
FROM audience_made
WHERE fingerprint IN (SELECT fingerprint FROM resolved)
