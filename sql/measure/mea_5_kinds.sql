-- name: measure/mea_5_kinds
-- Of revenue, spend and messages, the kinds that come together here with a record of the last 31
-- days.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
WITH parts AS (
    SELECT multiIf(need = 'orders', 'revenue', need = 'spend', 'spend', need IN ('mailing', 'messages'), 'messages', '') AS part,
           max(newest_at) AS newest
    FROM sources
    GROUP BY part
    HAVING part != '' AND newest > {as_of:DateTime64(6, 'UTC')} - INTERVAL 31 DAY)
SELECT toUInt8(EXISTS (SELECT 1 FROM sources)) AS known, toFloat64(count()) AS value, toFloat64(count()) AS n
FROM parts
