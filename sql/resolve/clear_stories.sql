-- name: resolve/clear_stories
-- Before the table is built anew.
TRUNCATE TABLE stories
