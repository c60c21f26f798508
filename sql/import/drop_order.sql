-- name: import/drop_order
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_order DROP PARTITION {import_id:UInt32}
