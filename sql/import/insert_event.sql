-- name: import/insert_event
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_event (
    import_id, source, line, event_key, name, occurred_at, anonymous_id, user_id, customer_id,
    email, phone, session_id, platform, device, country, utm_source, utm_medium, utm_campaign,
    click_id, referrer, page, channel, order_key, product_key, value, currency
) FORMAT Native
