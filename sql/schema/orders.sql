-- name: schema/orders
-- The order ledger: one row an order, latest export wins, money in the reporting currency.
-- valid = a sale that stands (not cancelled, failed, draft or test). net = total less refunds;
-- for a return (credit note) the negative total; NULL where no rate to the currency is known.
CREATE TABLE IF NOT EXISTS orders (
    source LowCardinality(String), order_key String, number String, import_id UInt32,
    person UInt64, identified UInt8, ordered_at DateTime64(6, 'UTC'), day Date32,
    kind LowCardinality(String), status LowCardinality(String), valid UInt8,
    currency LowCardinality(String), total Nullable(Int64), refunded Nullable(Int64),
    net Nullable(Int64), channel LowCardinality(String), device LowCardinality(String),
    sales_channel LowCardinality(String), country LowCardinality(String), nth UInt32)
ENGINE = MergeTree ORDER BY (person, ordered_at)
