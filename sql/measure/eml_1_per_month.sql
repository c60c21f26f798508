-- name: measure/eml_1_per_month
-- Campaigns sent (k) in the last six months (n).
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, k Float64, n Float64
WITH
    tool AS (SELECT item_key AS item, min(day) AS day FROM mailings
             WHERE kind = 'campaign' AND coalesce(delivered, recipients, 1) > 0 AND status NOT IN ('draft', 'cancelled')
             GROUP BY item, name),
    own AS (SELECT campaign_key AS item, min(day) AS day FROM deliveries WHERE campaign_key != '' GROUP BY item)

SELECT toUInt8(EXISTS (SELECT 1 FROM mailings) OR EXISTS (SELECT 1 FROM deliveries)) AS known,
       toFloat64(coalesce(greatest(
           (SELECT count() FROM tool WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -182) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
           (SELECT count() FROM own WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -182) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))), 0)) AS k,
       6. AS n
