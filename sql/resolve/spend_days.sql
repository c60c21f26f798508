-- name: resolve/spend_days
-- Spend a day. For each campaign and period the rows of the latest import count, all of them:
-- reports split by device or audience have several.
INSERT INTO spend_days
WITH latest AS (
    SELECT *, max(import_id) OVER (PARTITION BY source, platform, campaign_key, campaign, channel,
                                   day_from, day_to) AS newest_import,
           toUInt32(dateDiff('day', day_from, day_to)) + 1 AS days
    FROM raw_spend
    WHERE day_from > toDate32('1970-01-01') AND day_to >= day_from)
SELECT
    l.source, l.platform, l.channel, l.campaign_key, l.audience,
    addDays(l.day_from, step) AS day, l.days AS grain,
    intDiv(toInt64(round(l.spent * factor_)) * (step + 1), l.days)
        - intDiv(toInt64(round(l.spent * factor_)) * step, l.days) AS spent_,
    intDiv(toInt64(round(l.planned * factor_)) * (step + 1), l.days)
        - intDiv(toInt64(round(l.planned * factor_)) * step, l.days) AS planned_,
    l.clicks / l.days AS clicks_, l.conversions / l.days AS conversions_,
    intDiv(toInt64(round(l.conversion_value * factor_)) * (step + 1), l.days)
        - intDiv(toInt64(round(l.conversion_value * factor_)) * step, l.days) AS conversion_value_,
    l.new_customers / l.days AS new_customers_
FROM (
    SELECT l.*, nullIf(r.factor, 0) AS factor_
    FROM (SELECT * FROM latest WHERE import_id = newest_import) AS l
    ASOF LEFT JOIN currency_rate AS r ON r.currency = l.currency AND l.day_from >= r.day) AS l
ARRAY JOIN range(toUInt64(l.days)) AS step
WHERE l.days <= 1100
