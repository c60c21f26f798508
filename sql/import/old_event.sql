-- name: import/old_event
-- How many visits' events happened before a moment; those without a time are left out.
-- params: before DateTime64(6, 'UTC')
-- columns: n UInt64
SELECT count() AS n FROM raw_event
WHERE occurred_at > toDateTime64(0, 6, 'UTC') AND occurred_at < {before:DateTime64(6, 'UTC')}
