-- name: measure/dat_5
-- Age in hours of the newest record of the source that is furthest behind.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(count() > 0) AS known, if(count() = 0, 0, toFloat64(max(age)) / 3600) AS value, toFloat64(count()) AS n
FROM (
    SELECT source, min(dateDiff('second', newest_at, {as_of:DateTime64(6, 'UTC')})) AS age FROM sources
    WHERE need IN ('orders', 'sessions', 'traffic', 'mailing', 'messages', 'spend')
    GROUP BY source)
