-- name: schema/message_texts
-- Each text that messages tell of themselves (source, campaign, flow, audience, ...), by its
-- cityHash64.
CREATE TABLE IF NOT EXISTS message_texts (id UInt64, text String) ENGINE = MergeTree ORDER BY id
