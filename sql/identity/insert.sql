-- name: identity/insert
-- Identifier and person.
INSERT INTO identity (id, person) FORMAT Native
