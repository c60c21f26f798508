-- name: import/drop_activity
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_activity DROP PARTITION {import_id:UInt32}
