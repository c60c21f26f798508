-- name: resolve/newest
-- The newest transactional record, from which "as of" is taken when none is given.
-- columns: newest_at DateTime64(6, 'UTC')
SELECT greatest(
    (SELECT max(ordered_at) FROM raw_order), (SELECT max(occurred_at) FROM raw_event),
    (SELECT max(occurred_at) FROM raw_message), (SELECT max(sent_at) FROM raw_mailing)) AS newest_at
