-- name: schema/audience_refund
-- What was given back on the orders of known people, in the order's currency, as live messages add to
-- it; segments read audience_order.
CREATE TABLE IF NOT EXISTS audience_refund (
    person UInt64, origin LowCardinality(String), known_as String, refund String,
    amount Nullable(Int64))
ENGINE = MergeTree ORDER BY person
