-- name: measure/per_2_predictive
-- Segments in use in the last 90 days that rest on a prediction.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
WITH
    greatest((SELECT toFloat64(countIf(state = 'granted')) FROM consents WHERE channel = 'email'), (SELECT toFloat64(coalesce(max(recipients), 0)) FROM mailings WHERE kind = 'campaign' AND channel = 'email' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365))) AS list_size,
    used AS (
        SELECT lower(trim(arrayJoin(splitByChar(',', audience)))) AS name, 'rule' AS status FROM mailings
        WHERE kind = 'campaign' AND audience != '' AND coalesce(recipients, delivered, 0) < 0.6 * list_size
          AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -90) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
        UNION ALL
        SELECT lower(trim(arrayJoin(splitByChar(',', audience)))), 'rule'
        FROM (
            SELECT audience FROM deliveries
            WHERE audience != '' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -90) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
            GROUP BY audience HAVING count() < 0.6 * list_size)
        UNION ALL
        SELECT lower(name), toString(status) FROM activities
        WHERE kind = 'segment' AND started_at > {as_of:DateTime64(6, 'UTC')} - INTERVAL 90 DAY AND started_at <= {as_of:DateTime64(6, 'UTC')})

SELECT toUInt8(EXISTS (SELECT 1 FROM mailings) OR EXISTS (SELECT 1 FROM deliveries) OR EXISTS (SELECT 1 FROM activities)) AS known,
       toFloat64(uniqExactIf(name, status = 'predictive' OR match(name, 'predict|likely|propensity|churn'))) AS value, toFloat64(count()) AS n
FROM used
