-- name: insight/economics_messages
-- The mailing list (n), campaign recipients (k) in the years on record (n), what automatic
-- messages sold a year (n), and campaign sales over recipients as sums over weeks. Sales by the
-- mailing tool's own rule where it reports them, else orders within five days of the last click.
-- params: as_of DateTime64(6, 'UTC'), tz String
-- columns: figure String, k Float64, n Float64, clusters Float64, su Float64, sd Float64,
--   suu Float64, sud Float64, sdd Float64
WITH
    toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}) AS today,
    clicked AS (
        SELECT o.day AS day, toFloat64(coalesce(o.net, 0)) AS net, d.flow_key AS flow_key
        FROM (SELECT person, ordered_at, day, net FROM orders WHERE valid = 1 AND person != 0) AS o
        ASOF INNER JOIN (SELECT person, clicked_at, flow_key FROM deliveries
                         WHERE clicked_at > toDateTime64(0, 6, 'UTC') AND person != 0) AS d
            ON d.person = o.person AND o.ordered_at >= d.clicked_at
        WHERE o.ordered_at < d.clicked_at + INTERVAL 5 DAY),
    told AS (
        SELECT day, toString(kind) AS kind, toFloat64(coalesce(mailings.revenue, 0)) AS sales,
               toFloat64(coalesce(recipients, delivered, 0)) AS people
        FROM mailings WHERE mailings.revenue IS NOT NULL),
    messaged AS (
        SELECT day, kind, sales, people FROM told
        UNION ALL
        SELECT day, if(flow_key != '', 'flow', 'campaign'), net, 0. FROM clicked
        WHERE NOT EXISTS (SELECT 1 FROM told)
        UNION ALL
        SELECT day, if(flow_key != '', 'flow', 'campaign'), 0., 1. FROM deliveries
        WHERE NOT EXISTS (SELECT 1 FROM told)),
    recent AS (SELECT day, kind, sales, people FROM messaged
               WHERE day > addDays(today, -365) AND day <= today),
    weeks AS (SELECT intDiv(dateDiff('day', day, today), 7) AS week, sum(sales) AS u, sum(people) AS d
              FROM recent WHERE kind = 'campaign' GROUP BY week),
    years AS (SELECT least(greatest(dateDiff('day', min(day), today) + 1, 30), 365) / 365. AS on_record FROM messaged)
SELECT 'campaign_sends' AS figure, sum(people) AS k, any(coalesce((SELECT on_record FROM years), 0)) AS n, 0. AS clusters,
       0. AS su, 0. AS sd, 0. AS suu, 0. AS sud, 0. AS sdd
FROM recent WHERE kind = 'campaign' HAVING sum(people) > 0
UNION ALL
SELECT 'flow_revenue', 0., sum(sales) / any(coalesce((SELECT on_record FROM years), 1)), 0., 0., 0., 0., 0., 0.
FROM recent WHERE kind = 'flow' HAVING count() > 0
UNION ALL
SELECT 'campaign_yield', 0., 0., toFloat64(count()), sum(u), sum(d), sum(u * u), sum(u * d), sum(d * d)
FROM weeks HAVING sum(d) > 0
UNION ALL
SELECT 'list_size', 0., toFloat64(countIf(state = 'granted')), 0., 0., 0., 0., 0., 0.
FROM consents WHERE channel = 'email' HAVING count() > 0
