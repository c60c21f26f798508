-- name: measure/acq_1
-- Visits of each day of the window (u) against the same weekday a year before (d). Nothing where
-- fewer than eight in nine of the earlier days are on record.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: cluster UInt64, u Float64, d Float64
WITH
    visits AS (
        SELECT day, sum(sessions) AS visited FROM visit_days
        WHERE dimensions = (SELECT any(dimensions) FROM visit_choice WHERE purpose = 'total')
          AND spread = 0 AND sessions > 0
        GROUP BY day),
    pairs AS (
        SELECT toUInt64(dateDiff('day', now_.day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))) AS cluster, now_.visited AS u, then_.visited AS d
        FROM visits AS now_
        INNER JOIN (SELECT addDays(day, 364) AS day, visited FROM visits) AS then_ ON then_.day = now_.day
        WHERE now_.day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND now_.day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))
SELECT cluster, u, d FROM pairs WHERE (SELECT count() FROM pairs) * 9 >= 8 * {days:UInt32} ORDER BY cluster
