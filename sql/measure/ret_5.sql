-- name: measure/ret_5
-- People who joined the mailing list in the window before any order (n), and those who were sent a
-- message within seven days (k).
-- params: as_of DateTime64(6, 'UTC'), days UInt32
-- columns: known UInt8, k Float64, n Float64
WITH
    joined AS (
        SELECT c.person AS person, c.changed_at AS at
        FROM consents AS c
        LEFT ANY JOIN (SELECT person, min(ordered_at) AS first_order FROM orders WHERE valid = 1 GROUP BY person) AS o
            ON o.person = c.person
        WHERE c.channel = 'email' AND c.state = 'granted' AND c.has_date = 1
          AND c.changed_at > {as_of:DateTime64(6, 'UTC')} - toIntervalDay({days:UInt32} + 7) AND c.changed_at <= {as_of:DateTime64(6, 'UTC')} - INTERVAL 7 DAY
          AND (o.person = 0 OR o.first_order > c.changed_at)),
    sent AS (
        SELECT person, sent_at FROM deliveries
        WHERE person IN (SELECT person FROM joined)
          AND sent_at > {as_of:DateTime64(6, 'UTC')} - toIntervalDay({days:UInt32} + 7) AND sent_at <= {as_of:DateTime64(6, 'UTC')})
SELECT toUInt8(EXISTS (SELECT 1 FROM deliveries) AND count() > 0) AS known,
       toFloat64(countIf(s.person != 0 AND s.sent_at <= j.at + INTERVAL 7 DAY)) AS k, toFloat64(count()) AS n
FROM joined AS j
ASOF LEFT JOIN sent AS s ON s.person = j.person AND s.sent_at >= j.at
