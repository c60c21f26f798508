-- name: import/known_spend
-- How many staged rows of an import bring what an earlier import brought already, by source and
-- natural key. Above ten million earlier keys it is a lower bound.
-- params: import_id UInt32
-- columns: known UInt64
SELECT count() AS known
FROM stage_spend
WHERE import_id = {import_id:UInt32}
  AND (SELECT count() FROM raw_spend) > 0
  AND cityHash64(source, platform, campaign_key, audience, day_from, day_to) IN (
    SELECT cityHash64(source, platform, campaign_key, audience, day_from, day_to)
    FROM raw_spend
    WHERE import_id != {import_id:UInt32})
SETTINGS max_rows_in_set = 10000000, set_overflow_mode = 'break'
