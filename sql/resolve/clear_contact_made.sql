-- name: resolve/clear_contact_made
-- It is of the records before.
TRUNCATE TABLE contact_made
