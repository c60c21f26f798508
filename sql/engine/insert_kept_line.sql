-- name: engine/insert_kept_line
-- Numbers of messages whose records stay.
INSERT INTO tidemark_next.kept_line (line) FORMAT Native
