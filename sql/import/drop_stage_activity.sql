-- name: import/drop_stage_activity
-- Forgets the rows of an import that was not completed.
-- params: import_id UInt32
ALTER TABLE stage_activity DROP PARTITION {import_id:UInt32}
