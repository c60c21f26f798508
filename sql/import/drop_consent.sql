-- name: import/drop_consent
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_consent DROP PARTITION {import_id:UInt32}
