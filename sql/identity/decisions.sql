-- name: identity/decisions
-- The decisions that stand.
-- columns: a UInt64, b UInt64, apart UInt8
SELECT a, b, apart FROM identity_decision ORDER BY a, b
