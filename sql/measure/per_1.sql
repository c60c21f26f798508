-- name: measure/per_1
-- Campaigns of the window (n) and those sent to less than 60 % of the list (k).
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    greatest((SELECT countIf(state = 'granted') FROM consents WHERE channel = 'email'), (SELECT coalesce(max(recipients), 0) FROM mailings WHERE kind = 'campaign' AND channel = 'email' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365))) AS list_size,
    sent AS (
        SELECT toFloat64(coalesce(recipients, delivered)) AS recipients FROM mailings
        WHERE kind = 'campaign' AND channel = 'email' AND coalesce(recipients, delivered) > 0
          AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
        UNION ALL
        SELECT toFloat64(count()) FROM deliveries
        WHERE (SELECT count() FROM mailings WHERE kind = 'campaign') = 0 AND campaign_key != '' AND channel = 'email'
          AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
        GROUP BY campaign_key)
SELECT toUInt8(count() > 0 AND list_size > 0) AS known, toFloat64(countIf(recipients < 0.6 * list_size)) AS k, toFloat64(count()) AS n
FROM sent
