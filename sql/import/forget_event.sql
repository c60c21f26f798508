-- name: import/forget_event
-- Takes out what import/old_event counts, and waits until it is done; the parts that held it leave the
-- disk some minutes later.
-- params: before DateTime64(6, 'UTC')
ALTER TABLE raw_event DELETE
WHERE occurred_at > toDateTime64(0, 6, 'UTC') AND occurred_at < {before:DateTime64(6, 'UTC')}
SETTINGS mutations_sync = 1
