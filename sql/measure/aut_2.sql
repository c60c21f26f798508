-- name: measure/aut_2
-- Carts that known people filled and did not buy within a day (n; one a person and day), and those
-- followed by a cart message within three days (k).
-- params: as_of DateTime64(6, 'UTC'), days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    carts AS (
        SELECT person, min(cart_at) AS at FROM sessions
        WHERE identified = 1 AND (carts > 0 OR checkouts > 0) AND orders = 0
          AND cart_at > {as_of:DateTime64(6, 'UTC')} - toIntervalDay({days:UInt32}) AND cart_at <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 3 DAY
        GROUP BY person, day),
    unbought AS (
        SELECT c.person AS person, c.at AS at
        FROM carts AS c
        ASOF LEFT JOIN (SELECT person, ordered_at FROM orders WHERE valid = 1 AND person != 0) AS o
            ON o.person = c.person AND o.ordered_at >= c.at
        WHERE o.person = 0 OR o.ordered_at > c.at + INTERVAL 1 DAY),
    reminders AS (SELECT person, sent_at FROM deliveries WHERE flow_kind = 'cart' AND person != 0)
SELECT toUInt8(EXISTS (SELECT 1 FROM deliveries) AND count() > 0) AS known,
       toFloat64(countIf(r.person != 0 AND r.sent_at <= u.at + INTERVAL 3 DAY)) AS k, toFloat64(count()) AS n
FROM unbought AS u
ASOF LEFT JOIN reminders AS r ON r.person = u.person AND r.sent_at >= u.at
