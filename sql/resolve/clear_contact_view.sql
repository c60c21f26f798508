-- name: resolve/clear_contact_view
-- Made anew when somebody is written to.
TRUNCATE TABLE contact_view
