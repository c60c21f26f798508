-- name: import/merge_message
-- Makes one part of the many small ones that an import has which grows batch by batch.
-- params: import_id UInt32
OPTIMIZE TABLE raw_message PARTITION {import_id:UInt32} FINAL
