-- name: import/move_refund
-- Makes the rows of a complete import visible at once; nothing is copied.
-- params: import_id UInt32
ALTER TABLE stage_refund MOVE PARTITION {import_id:UInt32} TO TABLE raw_refund
