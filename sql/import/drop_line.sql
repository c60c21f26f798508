-- name: import/drop_line
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_line DROP PARTITION {import_id:UInt32}
