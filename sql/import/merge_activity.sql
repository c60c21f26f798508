-- name: import/merge_activity
-- Makes one part of the many small ones that an import has which grows batch by batch.
-- params: import_id UInt32
OPTIMIZE TABLE raw_activity PARTITION {import_id:UInt32} FINAL
