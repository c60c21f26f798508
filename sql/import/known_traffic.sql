-- name: import/known_traffic
-- How many staged rows of an import bring what an earlier import brought already, by source and
-- natural key. Above ten million earlier keys it is a lower bound.
-- params: import_id UInt32
-- columns: known UInt64
SELECT count() AS known
FROM stage_traffic
WHERE import_id = {import_id:UInt32}
  AND (SELECT count() FROM raw_traffic) > 0
  AND cityHash64(source, dimensions, day_from, day_to, channel, utm_source, utm_medium,
               utm_campaign, device, country, page) IN (
    SELECT cityHash64(source, dimensions, day_from, day_to, channel, utm_source, utm_medium,
               utm_campaign, device, country, page)
    FROM raw_traffic
    WHERE import_id != {import_id:UInt32})
SETTINGS max_rows_in_set = 10000000, set_overflow_mode = 'break'
