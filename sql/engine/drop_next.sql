-- name: engine/drop_next
-- Drops the database beside, with what it holds.
DROP DATABASE IF EXISTS tidemark_next SYNC
