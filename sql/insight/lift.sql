-- name: insight/lift
-- Of flows and campaigns that hold people out, both groups: people whose days are over, those of
-- whom they are not, and what each spent (net) in so many days from when the message was meant for
-- them, as sums of powers and, of those who spent more than nothing, of logarithms.
-- params: as_of DateTime64(6, 'UTC'), days Int32
-- columns: kind String, item String, held_out UInt8, people Float64, waiting Float64, buyers Float64,
--   sum Float64, sum2 Float64, sum3 Float64, payers Float64, logs Float64, logs2 Float64,
--   with_logs Float64
WITH
    arms AS (
        SELECT a.kind AS kind, a.item AS item, if(i.person != 0, i.person, a.person) AS person,
               min(a.held_out) AS held_out, min(a.at) AS at,
               at + toIntervalDay({days:Int32}) <= {as_of:DateTime64(6, 'UTC')} AS over
        FROM (SELECT toString(kind) AS kind, toString(item) AS item, person, held_out, at FROM assigned) AS a
        LEFT ANY JOIN identity AS i ON i.id = a.person
        GROUP BY kind, item, person
        HAVING min(a.held_out) = max(a.held_out)),
    spent AS (
        SELECT r.kind AS kind, r.item AS item, r.person AS person, toFloat64(sum(coalesce(o.net, 0))) AS x
        FROM arms AS r
        INNER JOIN (SELECT person, ordered_at, net FROM orders WHERE valid = 1 AND person != 0) AS o ON o.person = r.person
        WHERE r.over AND o.ordered_at >= r.at AND o.ordered_at < r.at + toIntervalDay({days:Int32})
        GROUP BY kind, item, person)
SELECT r.kind AS kind, r.item AS item, r.held_out AS held_out, toFloat64(countIf(r.over)) AS people,
       toFloat64(countIf(NOT r.over)) AS waiting, toFloat64(countIf(s.person != 0)) AS buyers,
       sum(s.x) AS sum, sum(s.x * s.x) AS sum2, sum(s.x * s.x * s.x) AS sum3,
       toFloat64(countIf(s.x > 0)) AS payers, sumIf(log(s.x), s.x > 0) AS logs,
       sumIf(log(s.x) * log(s.x), s.x > 0) AS logs2, sumIf(s.x * log(s.x), s.x > 0) AS with_logs
FROM arms AS r
LEFT JOIN spent AS s ON s.kind = r.kind AND s.item = r.item AND s.person = r.person
GROUP BY kind, item, held_out
ORDER BY kind, item, held_out
