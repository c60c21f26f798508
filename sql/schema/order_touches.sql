-- name: schema/order_touches
-- What led to each order of the ledger: the channels of the last visit in the 90 days before it
-- that was not direct and of the first one, and its campaign; the ledger's own channel where no
-- such visit is on record.
CREATE TABLE IF NOT EXISTS order_touches (
    source LowCardinality(String), order_key String, last LowCardinality(String),
    first LowCardinality(String), campaign String)
ENGINE = MergeTree ORDER BY (source, order_key)
