-- name: audience/members
-- Who belongs to a segment, as of the last full rebuild, in the order of the store.
-- params: segment Int64
-- columns: person UInt64
SELECT person FROM audience_member WHERE segment = {segment:Int64} ORDER BY reinterpretAsInt64(person)
