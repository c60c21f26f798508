-- name: measure/omn_3
-- Campaigns of the last 90 days (n) and those that ran on at least two channels under one plan (k).
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, k Float64, n Float64
WITH
    own AS (
        SELECT if(plan_key != '', plan_key, campaign_key) AS plan, uniqExact(channel) AS channels FROM deliveries
        WHERE (campaign_key != '' OR plan_key != '') AND flow_key = '' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -90) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
        GROUP BY plan),
    tool AS (
        SELECT name AS plan, uniqExact(channel) AS channels FROM mailings
        WHERE kind = 'campaign' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -90) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}) AND NOT EXISTS (SELECT 1 FROM own)
        GROUP BY plan)
SELECT toUInt8(count() > 0) AS known, toFloat64(countIf(channels >= 2)) AS k, toFloat64(count()) AS n
FROM (SELECT * FROM own UNION ALL SELECT * FROM tool)
