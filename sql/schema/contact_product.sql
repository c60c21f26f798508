-- name: schema/contact_product
-- Products as messages show them; price in minor units of the reporting currency, NULL where it is
-- known in no other. available: 0 where the shop's catalogue says that it is not sold now. buyers:
-- people who bought it in the last 90 days of the records.
CREATE TABLE IF NOT EXISTS contact_product (
    product String, title String, url String, image String, price Nullable(Int64), available UInt8,
    buyers UInt64)
ENGINE = MergeTree ORDER BY product
SETTINGS index_granularity = 256
