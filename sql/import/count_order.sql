-- name: import/count_order
-- How many rows of an import are visible.
-- params: import_id UInt32
-- columns: present UInt64
SELECT count() AS present FROM raw_order WHERE import_id = {import_id:UInt32}
