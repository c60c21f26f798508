-- name: identity/addresses
-- The addresses of everybody who has several of a kind: what stands against writing to one of them
-- stands against writing to the others.
-- columns: person UInt64, kind String, value String
SELECT person, kind, arrayJoin(list) AS value
FROM (
    SELECT person, 'email' AS kind, groupUniqArrayIf(email, email != '') AS list
    FROM person_records GROUP BY person HAVING length(list) > 1
    UNION ALL
    SELECT person, 'phone', groupUniqArrayIf(phone, phone != '') AS list
    FROM person_records GROUP BY person HAVING length(list) > 1)
ORDER BY person, kind, value
