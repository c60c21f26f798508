-- name: schema/contact_alias
-- Every name by which a record may call a product (key, number, sku, title; ASCII letters small) and
-- the one under which the contact tables have it. hash: cityHash64(alias).
CREATE TABLE IF NOT EXISTS contact_alias (hash UInt64, alias String, product String)
ENGINE = MergeTree ORDER BY hash
SETTINGS index_granularity = 256
