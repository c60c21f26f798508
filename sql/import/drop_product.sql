-- name: import/drop_product
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_product DROP PARTITION {import_id:UInt32}
