-- name: measure/pln_3
-- Marketing spend of the last twelve months over that of the twelve before. Unknown unless both
-- years have spend in at least ten months.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: known UInt8, value Float64, n Float64
WITH by_year AS (
    SELECT intDiv(dateDiff('day', day, toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})), 365) AS ago, toFloat64(coalesce(sum(spent), 0)) AS total,
           uniqExact(toStartOfMonth(day)) AS months
    FROM spend_days WHERE spent > 0 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -730) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})
    GROUP BY ago)
SELECT toUInt8(countIf(months >= 10) = 2) AS known,
       if(sumIf(total, ago = 1) = 0, 0, sumIf(total, ago = 0) / sumIf(total, ago = 1)) AS value, toFloat64(sum(months)) AS n
FROM by_year
