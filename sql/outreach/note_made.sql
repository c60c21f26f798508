-- name: outreach/note_made
-- Last of all. The fingerprint was read before the first of the tables was made, so that what was
-- resolved meanwhile makes them anew.
-- params: fingerprint UInt64
INSERT INTO contact_made SELECT {fingerprint:UInt64}
