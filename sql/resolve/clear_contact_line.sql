-- name: resolve/clear_contact_line
-- Made anew when somebody is written to.
TRUNCATE TABLE contact_line
