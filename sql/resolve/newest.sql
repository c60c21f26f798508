-- name: resolve/newest
-- The newest transactional record, from which "as of" is taken when none is given; where there is
-- none, the end of the newest day of spend or traffic, or the newest consent or log entry.
-- columns: newest_at DateTime64(6, 'UTC')
WITH
    (SELECT max(at) FROM (
        SELECT max(ordered_at) AS at FROM raw_order
        UNION ALL SELECT max(occurred_at) FROM raw_event
        UNION ALL SELECT max(occurred_at) FROM raw_message
        UNION ALL SELECT max(sent_at) FROM raw_mailing)) AS transactional,
    (SELECT max(at) FROM (
        SELECT toDateTime64(addDays(max(day_to), 1), 6, 'UTC') AS at FROM raw_spend WHERE day_to > toDate32('1970-01-01')
        UNION ALL SELECT toDateTime64(addDays(max(day_to), 1), 6, 'UTC') FROM raw_traffic WHERE day_to > toDate32('1970-01-01')
        UNION ALL SELECT toDateTime64(addDays(max(day), 1), 6, 'UTC') FROM raw_mailing WHERE day > toDate32('1970-01-01')
        UNION ALL SELECT max(changed_at) FROM raw_consent
        UNION ALL SELECT max(greatest(created_at, active_at)) FROM raw_person
        UNION ALL SELECT max(started_at) FROM raw_activity)
     WHERE at > toDateTime64('1971-01-01 00:00:00', 6, 'UTC')) AS other
SELECT if(coalesce(transactional, toDateTime64(0, 6, 'UTC')) > toDateTime64(0, 6, 'UTC'),
          assumeNotNull(transactional), coalesce(other, toDateTime64(0, 6, 'UTC'))) AS newest_at
