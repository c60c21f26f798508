-- name: measure/eml_1_months
-- Months of the last six with at least one campaign sent.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
WITH
    tool AS (SELECT item_key AS item, min(day) AS day FROM mailings
             WHERE kind = 'campaign' AND coalesce(delivered, recipients, 1) > 0 AND status NOT IN ('draft', 'cancelled')
             GROUP BY item, name),
    own AS (SELECT campaign_key AS item, min(day) AS day FROM deliveries WHERE campaign_key != '' GROUP BY item)

SELECT toUInt8(EXISTS (SELECT 1 FROM mailings) OR EXISTS (SELECT 1 FROM deliveries)) AS known,
       toFloat64(uniqExact(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) * 100, 3044))) AS value, toFloat64(count()) AS n
FROM (SELECT day FROM tool UNION ALL SELECT day FROM own)
WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -182) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
