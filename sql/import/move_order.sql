-- name: import/move_order
-- Makes the rows of a complete import visible at once; nothing is copied.
-- params: import_id UInt32
ALTER TABLE stage_order MOVE PARTITION {import_id:UInt32} TO TABLE raw_order
