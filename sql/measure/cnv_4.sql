-- name: measure/cnv_4
-- Conversion on phones over conversion on computers: a week's orders on phones (u) against its
-- orders on computers scaled to the same number of visits (d).
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: cluster UInt64, u Float64, d Float64
WITH
    v AS (
        SELECT toUInt64(intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})), 7)) AS cluster, lower(device) AS device,
               sum(sessions) AS sessions, sum(purchases) AS purchases
        FROM visit_days
        WHERE dimensions = (SELECT any(dimensions) FROM visit_choice WHERE purpose = 'device')
          AND lower(device) IN ('mobile', 'desktop') AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
        GROUP BY cluster, device),
    scale AS (
        SELECT sumIf(sessions, device = 'mobile') / sumIf(sessions, device = 'desktop') AS ratio,
               sumIf(purchases, device = 'desktop') AS desktop, sumIf(purchases, device = 'mobile') AS mobile
        FROM v)
SELECT cluster, coalesce(sumIf(purchases, device = 'mobile'), 0) AS u,
       coalesce(sumIf(purchases, device = 'desktop'), 0) * coalesce((SELECT ratio FROM scale), 0) AS d
FROM v
WHERE (SELECT desktop > 0 AND mobile > 0 AND isFinite(ratio) FROM scale)
GROUP BY cluster
ORDER BY cluster
