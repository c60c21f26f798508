-- name: import/count_refund
-- How many rows of an import are visible.
-- params: import_id UInt32
-- columns: present UInt64
SELECT count() AS present FROM raw_refund WHERE import_id = {import_id:UInt32}
