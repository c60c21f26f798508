-- name: insight/fingerprint
-- Which imports are in the raw tables, with how many rows, and the decisions on people, as one number.
-- columns: fingerprint UInt64
SELECT bitAnd(groupBitXor(cityHash64(kind, import_id, n)), 9223372036854775807) AS fingerprint
FROM (
    SELECT 'activity' AS kind, import_id, count() AS n FROM raw_activity GROUP BY import_id
    UNION ALL SELECT 'consent', import_id, count() FROM raw_consent GROUP BY import_id
    UNION ALL SELECT 'event', import_id, count() FROM raw_event GROUP BY import_id
    UNION ALL SELECT 'line', import_id, count() FROM raw_line GROUP BY import_id
    UNION ALL SELECT 'mailing', import_id, count() FROM raw_mailing GROUP BY import_id
    UNION ALL SELECT 'message', import_id, count() FROM raw_message GROUP BY import_id
    UNION ALL SELECT 'order', import_id, count() FROM raw_order GROUP BY import_id
    UNION ALL SELECT 'person', import_id, count() FROM raw_person GROUP BY import_id
    UNION ALL SELECT 'product', import_id, count() FROM raw_product GROUP BY import_id
    UNION ALL SELECT 'refund', import_id, count() FROM raw_refund GROUP BY import_id
    UNION ALL SELECT 'spend', import_id, count() FROM raw_spend GROUP BY import_id
    UNION ALL SELECT 'traffic', import_id, count() FROM raw_traffic GROUP BY import_id
    UNION ALL SELECT 'decision', toUInt32(apart), groupBitXor(cityHash64(a, b)) FROM identity_decision GROUP BY apart)
