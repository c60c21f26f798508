-- name: engine/create_next
-- A database beside, where the next form of a table is made before it takes the table's place.
CREATE DATABASE IF NOT EXISTS tidemark_next
