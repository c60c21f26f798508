-- name: insight/spend_by_day
-- Marketing spend by day and all that it is told by, with the platforms' claims and how many rows
-- make any.
-- columns: day Date32, channel String, platform String, campaign String, spent Int64, worth Int64,
--   claims_known UInt64, worth_known UInt64, clicks Float64, claims Float64
SELECT s.day AS day, toString(s.channel) AS channel, toString(s.platform) AS platform,
       s.campaign_key AS campaign, toInt64(sum(coalesce(s.spent, 0))) AS spent,
       toInt64(sum(coalesce(s.conversion_value, 0))) AS worth,
       countIf(s.conversions IS NOT NULL) AS claims_known, countIf(s.conversion_value IS NOT NULL) AS worth_known,
       sum(coalesce(s.clicks, 0.)) AS clicks, sum(coalesce(s.conversions, 0.)) AS claims
FROM spend_days AS s
GROUP BY day, channel, platform, campaign
ORDER BY day
