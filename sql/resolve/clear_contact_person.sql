-- name: resolve/clear_contact_person
-- Made anew when somebody is written to.
TRUNCATE TABLE contact_person
