-- name: import/insert_message
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_message (
    import_id, source, line, message_key, name, occurred_at, channel, campaign_key, flow_key,
    flow_kind, step_key, plan_key, audience, profile_key, email, phone, customer_id, is_machine,
    is_personal
) FORMAT Native
