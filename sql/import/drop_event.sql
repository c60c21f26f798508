-- name: import/drop_event
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_event DROP PARTITION {import_id:UInt32}
