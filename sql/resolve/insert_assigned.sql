-- name: resolve/insert_assigned
-- Out of the outbox (store/arms.h).
INSERT INTO assigned (kind, item, person, held_out, at) FORMAT Native
