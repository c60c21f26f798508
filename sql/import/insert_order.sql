-- name: import/insert_order
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_order (
    import_id, source, line, order_key, number, kind, status, ordered_at, paid_at, cancelled_at,
    currency, subtotal, shipping, tax, discount, total, refunded, discount_code, email, phone,
    customer_id, user_id, anonymous_id, sales_channel, utm_source, utm_medium, utm_campaign,
    attribution, referrer, channel, device, country, accepts_marketing, is_test, updated_at
) FORMAT Native
