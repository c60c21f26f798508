-- name: measure/pln_3_mer
-- Net revenue x margin of the last twelve months over their marketing spend.
-- params: as_of DateTime64(6, 'UTC'), tz String, margin Float64
-- columns: known UInt8, value Float64, n Float64
WITH
    (SELECT toFloat64(coalesce(sum(net), 0)) FROM orders WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) AS revenue,
    (SELECT toFloat64(coalesce(sum(spent), 0)) FROM spend_days WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -365) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})) AS cost
SELECT toUInt8({margin:Float64} > 0 AND coalesce(cost, 0) > 0) AS known,
       if(coalesce(cost, 0) = 0, 0, coalesce(revenue, 0) * {margin:Float64} / coalesce(cost, 1)) AS value, coalesce(cost, 0) AS n
