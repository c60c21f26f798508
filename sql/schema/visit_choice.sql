-- name: schema/visit_choice
-- For each purpose (total, channel, device) the one set of visit_days to read.
CREATE TABLE IF NOT EXISTS visit_choice (purpose LowCardinality(String), dimensions String)
ENGINE = MergeTree ORDER BY purpose
