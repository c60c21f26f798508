-- name: schema/identity
-- Which person an identifier belongs to. An id is cityHash64(kind, value); identifiers that stand
-- alone and anonymous are left out: their person is the id itself.
CREATE TABLE IF NOT EXISTS identity (id UInt64, person UInt64) ENGINE = MergeTree ORDER BY id
