-- name: identity/known
-- Whether a number is a person's or an identifier's.
-- params: id UInt64
-- columns: n UInt64
SELECT count() AS n FROM identity WHERE id = {id:UInt64} OR person = {id:UInt64}
