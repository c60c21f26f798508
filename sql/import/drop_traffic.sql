-- name: import/drop_traffic
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_traffic DROP PARTITION {import_id:UInt32}
