-- name: measure/acq_6_months
-- Months of the last six with posts on social networks or visits from them.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
WITH active AS (
    SELECT day FROM visit_days
    WHERE dimensions = (SELECT any(dimensions) FROM visit_choice WHERE purpose = 'channel')
      AND channel = 'Organic Social' AND sessions > 0 AND spread = 0
    UNION ALL
    SELECT toDate32(started_at, {tz:String}) FROM activities WHERE kind = 'post')
SELECT toUInt8(EXISTS (SELECT 1 FROM visit_choice WHERE purpose = 'channel')
               OR EXISTS (SELECT 1 FROM activities WHERE kind = 'post')) AS known,
       toFloat64(uniqExact(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) * 100, 3044))) AS value, toFloat64(count()) AS n
FROM active
WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -182) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
