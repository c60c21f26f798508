-- name: engine/create_kept_line
-- Numbers of messages whose records stay (engine/source.h): in memory, never on the disk.
CREATE TABLE IF NOT EXISTS tidemark_next.kept_line (line UInt64)
ENGINE = Memory
