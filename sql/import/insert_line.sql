-- name: import/insert_line
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_line (
    import_id, source, line, order_key, product_key, sku, title, vendor, category, quantity,
    unit_price, discount, total, currency, updated_at
) FORMAT Native
