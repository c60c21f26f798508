-- name: schema/contact_view
-- The products that each known person looked at last, at most 30, each once.
CREATE TABLE IF NOT EXISTS contact_view (person UInt64, at DateTime64(6, 'UTC'), product String)
ENGINE = MergeTree ORDER BY (person, at)
SETTINGS index_granularity = 256
