-- name: insight/spend_parts
-- Marketing spend by channel, platform or campaign, with what the platforms claim for it.
-- params: from Date32, to Date32, by String, limit UInt32, offset UInt32
-- columns: key String, spend Int64, clicks Float64, claimed_orders Float64, claimed_revenue Int64,
--   claimed_roas Nullable(Float64)
SELECT multiIf({by:String} = 'channel', toString(spend_days.channel), {by:String} = 'platform', toString(platform),
               campaign_key) AS key,
       toInt64(sum(coalesce(spent, 0))) AS spend, sum(coalesce(spend_days.clicks, 0.)) AS clicks,
       sum(coalesce(conversions, 0.)) AS claimed_orders, toInt64(sum(coalesce(conversion_value, 0))) AS claimed_revenue,
       claimed_revenue / nullIf(spend, 0) AS claimed_roas
FROM spend_days
WHERE day >= {from:Date32} AND day <= {to:Date32}
GROUP BY key
ORDER BY spend DESC, key
LIMIT {limit:UInt32} OFFSET {offset:UInt32}
