-- name: import/forget_message
-- Takes out what import/old_message counts, and waits until it is done; the parts that held it leave the
-- disk some minutes later.
-- params: before DateTime64(6, 'UTC')
ALTER TABLE raw_message DELETE
WHERE occurred_at > toDateTime64(0, 6, 'UTC') AND occurred_at < {before:DateTime64(6, 'UTC')}
SETTINGS mutations_sync = 1
