-- name: import/drop_spend
-- Takes an import back.
-- params: import_id UInt32
ALTER TABLE raw_spend DROP PARTITION {import_id:UInt32}
