-- name: schema/audience_line
-- Lines of the orders in audience_order; quantity in millionths.
CREATE TABLE IF NOT EXISTS audience_line (
    person UInt64, at Int64, day Int32, product String, sku String, title String,
    vendor LowCardinality(String), category LowCardinality(String), quantity Nullable(Int64))
ENGINE = MergeTree ORDER BY (person, at)
