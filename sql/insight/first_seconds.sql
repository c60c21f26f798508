-- name: insight/first_seconds
-- Known customers by the day of their first order and the day since it (begun days count whole) on
-- which they bought again, or the last whole day on which those who did not were seen. What they
-- ordered on the first day is one occasion with it (measure/ret_1).
-- params: as_of DateTime64(6, 'UTC')
-- columns: day Date32, after UInt32, again UInt64, ended UInt64
WITH
    firsts AS (SELECT person, ordered_at, day FROM orders
               WHERE nth = 1 AND ordered_at <= {as_of:DateTime64(6, 'UTC')}),
    seconds AS (SELECT o.person AS person, min(o.ordered_at) AS ordered_at FROM orders AS o
                INNER JOIN firsts AS f ON f.person = o.person
                WHERE o.nth > 1 AND o.day > f.day
                GROUP BY person)
SELECT first_day AS day, after, countIf(bought) AS again, countIf(NOT bought) AS ended
FROM (
    SELECT f.day AS first_day, s.person != 0 AND s.ordered_at <= {as_of:DateTime64(6, 'UTC')} AS bought,
           toUInt32(if(bought,
                       greatest(ceil(dateDiff('microsecond', f.ordered_at, s.ordered_at) / 86400000000.), 1),
                       floor(dateDiff('microsecond', f.ordered_at, {as_of:DateTime64(6, 'UTC')}) / 86400000000.))) AS after
    FROM firsts AS f
    LEFT ANY JOIN seconds AS s ON s.person = f.person)
GROUP BY day, after
ORDER BY day, after
