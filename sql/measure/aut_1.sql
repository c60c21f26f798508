-- name: measure/aut_1
-- Core flows that sent something in the last 30 days: welcome, cart, browse, post-purchase, win-
-- back, replenishment or VIP.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM mailings) OR EXISTS (SELECT 1 FROM deliveries)) AS known,
       toFloat64(uniqExact(if(flow_kind IN ('replenishment', 'vip'), 'repeat', flow_kind))) AS value, toFloat64(count()) AS n
FROM (
    SELECT toString(flow_kind) AS flow_kind, day FROM mailings
    WHERE kind = 'flow' AND coalesce(delivered, recipients, 0) > 0
    UNION ALL
    SELECT toString(flow_kind), day FROM deliveries WHERE flow_key != '' OR flow_kind != '')
WHERE flow_kind IN ('welcome', 'cart', 'browse', 'post_purchase', 'win_back', 'replenishment', 'vip')
  AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -30) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
