-- name: identity/reachable
-- Every address that records of people, orders and words on consent name.
-- columns: kind String, value String
SELECT 'email' AS kind, value
FROM (
    SELECT raw_person.email AS value FROM raw_person
    UNION ALL SELECT raw_order.email FROM raw_order
    UNION ALL SELECT raw_consent.email FROM raw_consent)
WHERE value != ''
GROUP BY value
UNION ALL
SELECT 'phone', value
FROM (
    SELECT raw_person.phone AS value FROM raw_person
    UNION ALL SELECT raw_order.phone FROM raw_order
    UNION ALL SELECT raw_consent.phone FROM raw_consent)
WHERE value != ''
GROUP BY value
