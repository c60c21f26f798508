-- name: resolve/sources
-- Which source feeds which kind of data, how much, and how fresh. Records of a whole day count
-- to the end of that day.
-- params: as_of DateTime64(6, 'UTC'), tz String
INSERT INTO sources
SELECT need, source, sum(records), least(max(newest), {as_of:DateTime64(6, 'UTC')}) AS newest_at
FROM (
    SELECT 'orders' AS need, toString(source) AS source, count() AS records, max(ordered_at) AS newest
    FROM raw_order GROUP BY source
    UNION ALL
    SELECT 'customers', toString(source), count(), max(greatest(created_at, active_at))
    FROM raw_person WHERE customer_id != '' GROUP BY source
    UNION ALL
    SELECT 'products', toString(source), count(), max(created_at) FROM raw_product GROUP BY source
    UNION ALL
    SELECT 'sessions', toString(source), count(), max(occurred_at) FROM raw_event WHERE platform != 'server' GROUP BY source
    UNION ALL
    SELECT 'traffic', toString(source), count(),
           max(toDateTime64(addDays(day_to, 1), 6, {tz:String}))
    FROM raw_traffic GROUP BY source
    UNION ALL
    -- Events tell all that traffic reports tell; single messages, the totals of mailings.
    SELECT 'traffic', toString(source), count(), max(occurred_at) FROM raw_event WHERE platform != 'server' GROUP BY source
    UNION ALL
    SELECT 'mailing', toString(source), count(), max(occurred_at) FROM raw_message GROUP BY source
    UNION ALL
    SELECT 'subscribers', toString(source), count(), max(changed_at) FROM raw_consent GROUP BY source
    UNION ALL
    SELECT 'mailing', toString(source), count(),
           max(greatest(sent_at, if(day > toDate32('1970-01-01') AND kind = 'flow',
                                    toDateTime64(addDays(day, 1), 6, {tz:String}), sent_at)))
    FROM raw_mailing GROUP BY source
    UNION ALL
    SELECT 'messages', toString(source), count(), max(occurred_at) FROM raw_message GROUP BY source
    UNION ALL
    SELECT 'subscribers', toString(source), count(), max(greatest(created_at, active_at))
    FROM raw_person WHERE customer_id = '' AND profile_key != '' GROUP BY source
    UNION ALL
    SELECT 'consent', toString(source), count(), max(changed_at) FROM raw_consent GROUP BY source
    UNION ALL
    SELECT 'spend', toString(source), count(),
           max(toDateTime64(addDays(day_to, 1), 6, {tz:String}))
    FROM raw_spend GROUP BY source
    UNION ALL
    SELECT 'activity', toString(source), count(), max(greatest(started_at, closed_at))
    FROM raw_activity GROUP BY source)
GROUP BY need, source
