-- name: schema/identity_decision
-- What people decided: two ids of `identity` are one person, or two. A copy of the workspace's.
CREATE TABLE IF NOT EXISTS identity_decision
(
    a UInt64,
    b UInt64,
    apart UInt8
)
ENGINE = MergeTree
ORDER BY (a, b)
