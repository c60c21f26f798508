-- name: resolve/clear_message_texts
-- Before the table is built anew.
TRUNCATE TABLE message_texts
