-- name: outreach/made
-- Of which resolved records the contact tables are to be, and whether they are; no row when nothing
-- is resolved.
-- columns: fingerprint UInt64, fresh UInt8
SELECT fingerprint, fingerprint IN (SELECT fingerprint FROM contact_made) AS fresh
FROM resolved
LIMIT 1
