-- name: import/drop_stage_consent
-- Forgets the rows of an import that was not completed.
-- params: import_id UInt32
ALTER TABLE stage_consent DROP PARTITION {import_id:UInt32}
