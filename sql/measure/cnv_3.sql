-- name: measure/cnv_3
-- Checkouts begun (n) and completed with an order (k): by visit where events are known, else from
-- reports.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    e AS (SELECT toFloat64(countIf(checkouts > 0 AND orders > 0)) AS k, toFloat64(countIf(checkouts > 0)) AS n
          FROM sessions WHERE platform != 'server' AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
    r AS (SELECT coalesce(sum(purchases), 0) AS k, coalesce(sum(checkouts), 0) AS n
          FROM visit_days
          WHERE dimensions = (SELECT any(dimensions) FROM visit_choice WHERE purpose = 'total')
            AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}))
SELECT toUInt8(n > 0) AS known, least(k, n) AS k, n
FROM (SELECT if(e.n > 0, e.k, r.k) AS k, if(e.n > 0, e.n, r.n) AS n FROM e CROSS JOIN r)
