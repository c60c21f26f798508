-- name: measure/per_1
-- Campaigns of the window (n) and those sent to less than 60 % of the list (k).
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    greatest((SELECT toFloat64(countIf(state = 'granted')) FROM consents WHERE channel = 'email'), (SELECT toFloat64(coalesce(max(recipients), 0)) FROM mailings WHERE kind = 'campaign' AND channel = 'email' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365))) AS list_size,
    sent AS (
        SELECT toFloat64(coalesce(recipients, delivered)) AS recipients FROM mailings
        WHERE kind = 'campaign' AND channel = 'email' AND coalesce(recipients, delivered) > 0
          AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
        UNION ALL
        SELECT toFloat64(count()) FROM deliveries
        WHERE NOT EXISTS (SELECT 1 FROM mailings WHERE kind = 'campaign') AND campaign_key != '' AND channel = 'email'
          AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
        GROUP BY campaign_key)
SELECT toUInt8(count() > 0 AND coalesce(list_size, 0) > 0) AS known, toFloat64(countIf(coalesce(recipients, 0) < 0.6 * coalesce(list_size, 0))) AS k, toFloat64(count()) AS n
FROM sent
