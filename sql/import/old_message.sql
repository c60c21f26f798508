-- name: import/old_message
-- How much of what became of messages happened before a moment; what has no time is left out.
-- params: before DateTime64(6, 'UTC')
-- columns: n UInt64
SELECT count() AS n FROM raw_message
WHERE occurred_at > toDateTime64(0, 6, 'UTC') AND occurred_at < {before:DateTime64(6, 'UTC')}
