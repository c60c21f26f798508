-- name: identity/clear
-- Before the links are written anew.
TRUNCATE TABLE identity
