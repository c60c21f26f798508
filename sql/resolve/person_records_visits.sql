-- name: resolve/person_records_visits
-- A visit of a known person stands with that person.
INSERT INTO person_records
SELECT person, 'visit', toString(source) AS source, '', '', '', '', toString(anonymous) AS device,
       min(started_at), count()
FROM sessions WHERE person != 0 AND identified = 1 AND anonymous != 0
GROUP BY person, source, device
