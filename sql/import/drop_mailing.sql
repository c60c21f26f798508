-- name: import/drop_mailing
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_mailing DROP PARTITION {import_id:UInt32}
