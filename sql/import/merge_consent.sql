-- name: import/merge_consent
-- Makes one part of the many small ones that an import has which grows batch by batch.
-- params: import_id UInt32
OPTIMIZE TABLE raw_consent PARTITION {import_id:UInt32} FINAL
