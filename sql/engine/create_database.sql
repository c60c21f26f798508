-- name: engine/create_database
-- The database that holds all tables; the first statement of every start.
CREATE DATABASE IF NOT EXISTS tidemark
