-- name: import/insert_traffic
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_traffic (
    import_id, source, line, dimensions, day_from, day_to, channel, utm_source, utm_medium,
    utm_campaign, device, country, page, sessions, engaged_sessions, users, new_users, views,
    product_views, carts, checkouts, purchases, revenue, currency
) FORMAT Native
