-- name: import/insert_refund
-- Takes the rows of an import under way, as blocks.
INSERT INTO stage_refund (
    import_id, source, line, refund_key, order_key, refunded_at, amount, currency, reason
) FORMAT Native
