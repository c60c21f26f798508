-- name: import/drop_refund
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_refund DROP PARTITION {import_id:UInt32}
