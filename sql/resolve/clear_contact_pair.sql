-- name: resolve/clear_contact_pair
-- Made anew when somebody is written to.
TRUNCATE TABLE contact_pair
