-- name: measure/fnd_1_fresh
-- Parts of the base kit (shop orders, web analytics, mailing tool, ad account, consent record)
-- connected with a record of the last 31 days.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
WITH kit AS (
    SELECT multiIf(need = 'orders', 'orders', need IN ('sessions', 'traffic'), 'analytics',
                   need IN ('mailing', 'messages', 'subscribers'), 'mailing', need = 'spend', 'ads',
                   need = 'consent', 'consent', '') AS part,
           max(newest_at) AS newest
    FROM sources
    GROUP BY part
    HAVING part != '')
SELECT toUInt8(EXISTS (SELECT 1 FROM sources)) AS known,
       toFloat64(countIf(newest >= {as_of:DateTime64(6, 'UTC')} - INTERVAL 31 DAY)) AS value, toFloat64(count()) AS n
FROM kit
