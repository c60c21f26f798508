-- name: schema/contact_pair
-- Products that go together: way 'together' in one order, 'next' bought later by the same person.
-- product: cityHash64 of its name. -- people: who did so; score: people / sqrt(buyers of the one * buyers of the other).
CREATE TABLE IF NOT EXISTS contact_pair (
    way LowCardinality(String), product UInt64, other String, people UInt64, score Float64)
ENGINE = MergeTree ORDER BY (way, product)
SETTINGS index_granularity = 256
