-- name: measure/omn_4
-- People who were sent messages in the last 90 days (n), and those who never got more than four in
-- seven days over all channels (k).
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, k Float64, n Float64
SELECT toUInt8(count() > 0) AS known, toFloat64(countIf(most <= 4)) AS k, toFloat64(count()) AS n
FROM (
    SELECT person, max(in_week) AS most
    FROM (
        SELECT person, count() OVER (PARTITION BY person ORDER BY toUnixTimestamp(sent_at)
                                     RANGE BETWEEN 604799 PRECEDING AND CURRENT ROW) AS in_week
        FROM deliveries
        WHERE person != 0 AND sent_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 90 DAY AND sent_at <= {as_of:DateTime64(6, 'UTC')})
    GROUP BY person)
