-- name: import/drop_message
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_message DROP PARTITION {import_id:UInt32}
