-- name: identity/insert_decisions
-- Two ids, and whether they are two people.
INSERT INTO identity_decision (a, b, apart) FORMAT Native
