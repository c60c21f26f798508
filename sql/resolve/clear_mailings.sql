-- name: resolve/clear_mailings
-- Before the table is built anew.
TRUNCATE TABLE mailings
