-- name: schema/customers
-- Known people: name and address as the sources tell them, and what their orders came to; recency,
-- frequency and monetary are the fifths among those who ordered (5 the best), 0 for the others.
CREATE TABLE IF NOT EXISTS customers (
    person UInt64, name String, email String, country LowCardinality(String), first_day Date32,
    last_day Date32, orders UInt64, revenue Int64, recency UInt8, frequency UInt8, monetary UInt8)
ENGINE = MergeTree ORDER BY person
