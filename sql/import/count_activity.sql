-- name: import/count_activity
-- How many rows of an import are visible.
-- params: import_id UInt32
-- columns: present UInt64
SELECT count() AS present FROM raw_activity WHERE import_id = {import_id:UInt32}
