-- name: resolve/clear_contact_product
-- Made anew when somebody is written to.
TRUNCATE TABLE contact_product
