-- name: audience/note_made
-- Last of all.
INSERT INTO audience_made
SELECT fingerprint, (SELECT count() FROM audience_person) FROM resolved LIMIT 1
