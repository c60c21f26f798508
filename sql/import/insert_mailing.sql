-- name: import/insert_mailing
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_mailing (
    import_id, source, line, kind, item_key, name, step_key, step_name, flow_kind, subject, channel,
    status, audience, tags, sent_at, day, recipients, delivered, opens, clicks, orders, revenue,
    currency, bounces, complaints, unsubscribes
) FORMAT Native
