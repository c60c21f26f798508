-- name: measure/org_5
-- Customers' messages of the window (n), and those answered by a person within 24 hours (k).
-- params: as_of DateTime64(6, 'UTC'), days UInt32
-- columns: known UInt8, k Float64, n Float64
SELECT toUInt8(count() > 0) AS known,
       toFloat64(countIf(closed_at >= started_at AND closed_at <= started_at + INTERVAL 24 HOUR)) AS k, toFloat64(count()) AS n
FROM activities
WHERE kind = 'reply' AND started_at > {as_of:DateTime64(6, 'UTC')} - toIntervalDay({days:UInt32}) AND started_at <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 24 HOUR
