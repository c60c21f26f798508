-- name: resolve/visit_days_reports
-- Visits a day from analytics reports; the latest export of each cell counts.
INSERT INTO visit_days
SELECT t.source, t.dimensions, t.days > 1, addDays(t.day_from, step) AS day, t.channel, t.device,
       t.sessions / t.days, t.product_views / t.days, t.carts / t.days, t.checkouts / t.days,
       t.purchases / t.days
FROM (
    SELECT *, toUInt32(dateDiff('day', day_from, day_to)) + 1 AS days
    FROM (
        SELECT * FROM raw_traffic
        WHERE day_from > toDate32('1970-01-01') AND day_to >= day_from AND sessions IS NOT NULL
        ORDER BY import_id DESC, line DESC
        LIMIT 1 BY source, dimensions, day_from, day_to, channel, utm_source, utm_medium,
                   utm_campaign, device, country, page)) AS t
ARRAY JOIN range(toUInt64(t.days)) AS step
WHERE t.days <= 1100
