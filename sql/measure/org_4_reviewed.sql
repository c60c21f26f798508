-- name: measure/org_4_reviewed
-- Share of the campaigns planned for the last six months that were reviewed afterwards.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
WITH
    planned AS (SELECT DISTINCT lower(name) AS name FROM activities
                WHERE kind = 'calendar' AND due_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 182 DAY AND due_at <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 14 DAY),
    reviewed AS (SELECT lower(name) AS name FROM activities WHERE kind = 'review')
SELECT toUInt8(EXISTS (SELECT 1 FROM activities)) AS known, if(count() = 0, 0, countIf(name IN (SELECT name FROM reviewed)) / count()) AS value, toFloat64(count()) AS n
FROM planned
