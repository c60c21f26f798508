-- name: import/drop_person
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_person DROP PARTITION {import_id:UInt32}
