-- name: import/insert_consent
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_consent (
    import_id, source, line, profile_key, email, phone, customer_id, channel, state, changed_at,
    method, proof, wording, page, ip, agent
) FORMAT Native
