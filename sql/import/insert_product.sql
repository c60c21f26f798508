-- name: import/insert_product
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_product (
    import_id, source, line, product_key, sku, title, vendor, category, status, price, currency,
    created_at, product_id, updated_at, url, image
) FORMAT Native
