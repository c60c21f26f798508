-- name: import/drop_stage_mailing
-- Forgets the rows of an import that was not completed.
-- params: import_id UInt32
ALTER TABLE stage_mailing DROP PARTITION {import_id:UInt32}
