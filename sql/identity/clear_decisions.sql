-- name: identity/clear_decisions
-- Before the decisions are written anew.
TRUNCATE TABLE identity_decision
