-- name: measure/cnv_1_steps
-- Steps of the way to an order that can be seen: visits, cart, checkout, order.
-- params: as_of DateTime64(6, 'UTC'), tz String, days UInt32
-- columns: known UInt8, value Float64, n Float64
WITH
    v AS (SELECT sum(sessions) AS sessions, sum(carts) AS carts, sum(checkouts) AS checkouts, sum(product_views) AS views
          FROM visit_days
          WHERE dimensions = (SELECT any(dimensions) FROM visit_choice WHERE purpose = 'total')
            AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32}) AND day <= toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String})),
    (SELECT count() FROM orders WHERE valid = 1 AND day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -{days:UInt32})) AS sales
SELECT toUInt8(coalesce(sales, 0) > 0 OR coalesce(sessions, 0) > 0) AS known,
       toFloat64((coalesce(sessions, 0) > 0) + (coalesce(carts, 0) > 0 AND coalesce(views, 0) > 0) + (coalesce(checkouts, 0) > 0) + (coalesce(sales, 0) > 0)) AS value,
       toFloat64(coalesce(sessions, 0)) AS n
FROM v
