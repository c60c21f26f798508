-- name: resolve/clear_contact_alias
-- Made anew when somebody is written to.
TRUNCATE TABLE contact_alias
