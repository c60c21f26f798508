-- name: measure/omn_1
-- Most channels that one customer journey uses: of the journeys in the team's log, and of flows and
-- plans that sent messages in the last 90 days.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(EXISTS (SELECT 1 FROM mailings) OR EXISTS (SELECT 1 FROM deliveries) OR EXISTS (SELECT 1 FROM activities WHERE kind = 'journey')) AS known,
       toFloat64(max(channels)) AS value, toFloat64(count()) AS n
FROM (
    SELECT name AS journey, uniqExact(channel) AS channels FROM activities
    WHERE kind = 'journey' AND channel != '' AND started_at <= {as_of:DateTime64(6, 'UTC')} AND (closed_at <= toDateTime64(0, 6, 'UTC') OR closed_at > {as_of:DateTime64(6, 'UTC')})
    GROUP BY journey
    UNION ALL
    SELECT if(plan_key != '', plan_key, flow_key) AS journey, uniqExact(channel) FROM deliveries
    WHERE journey != '' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -90) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
    GROUP BY journey
    UNION ALL
    SELECT item_key AS journey, uniqExact(channel) FROM mailings
    WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -90) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
    GROUP BY kind, journey)
