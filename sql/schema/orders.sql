-- name: schema/orders
-- The order ledger: one row an order, the latest word on it, money in the reporting currency.
-- valid = a sale that stands (not cancelled, failed, draft or test). net = total less refunds;
-- for a return (credit note) the negative total; NULL where no rate to the currency is known.
-- campaign: the one that the shop's own records name. import_id, line and is_live: the record that
-- the row was taken from, and whether it is one state of the order (webhook) or an export's. known_as:
-- the name by which webhooks and refunds know it.
CREATE TABLE IF NOT EXISTS orders (
    source LowCardinality(String), order_key String, number String, import_id UInt32,
    person UInt64, identified UInt8, ordered_at DateTime64(6, 'UTC'), day Date32,
    kind LowCardinality(String), status LowCardinality(String), valid UInt8,
    currency LowCardinality(String), total Nullable(Int64), refunded Nullable(Int64),
    net Nullable(Int64), channel LowCardinality(String), device LowCardinality(String),
    sales_channel LowCardinality(String), country LowCardinality(String), nth UInt32,
    campaign LowCardinality(String), line UInt64, is_live UInt8, known_as String)
ENGINE = MergeTree ORDER BY (person, ordered_at)
