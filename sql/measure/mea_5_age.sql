-- name: measure/mea_5_age
-- Age in hours of the oldest of the newest records of revenue, spend and messages.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
WITH parts AS (
    SELECT multiIf(need = 'orders', 'revenue', need = 'spend', 'spend', need IN ('mailing', 'messages'), 'messages', '') AS part,
           max(newest_at) AS newest
    FROM sources
    GROUP BY part
    HAVING part != '' AND newest > {as_of:DateTime64(6, 'UTC')} - INTERVAL 31 DAY)
SELECT toUInt8(EXISTS (SELECT 1 FROM sources)) AS known, if(count() = 0, 1e6, dateDiff('second', min(newest), {as_of:DateTime64(6, 'UTC')}) / 3600) AS value, toFloat64(count()) AS n
FROM parts
