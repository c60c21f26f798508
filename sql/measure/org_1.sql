-- name: measure/org_1
-- Hours a week that the team gives to marketing, by the latest entry of each person in the team's
-- log.
-- params: as_of DateTime64(6, 'UTC')
-- columns: known UInt8, value Float64, n Float64
SELECT toUInt8(count() > 0) AS known, coalesce(sum(hours), 0) AS value, toFloat64(count()) AS n
FROM (
    SELECT argMax(coalesce(value, 0), started_at) AS hours FROM activities
    WHERE kind = 'hours' AND started_at <= {as_of:DateTime64(6, 'UTC')} AND (closed_at <= toDateTime64(0, 6, 'UTC') OR closed_at > {as_of:DateTime64(6, 'UTC')})
    GROUP BY person)
