-- name: resolve/visit_choice
-- Reports with different dimensions overlap: for each purpose the set is chosen that covers most
-- days of the last two years; at a tie the events themselves, then the coarser report.
-- params: as_of DateTime64(6, 'UTC'), tz String
INSERT INTO visit_choice
WITH sets AS (
    SELECT toString(dimensions) AS dimensions, max(spread) AS spread, uniqExact(day) AS days,
           max(channel != '') AS by_channel, max(device != '') AS by_device
    FROM visit_days
    WHERE day > addDays(toDate32({as_of:DateTime64(6, 'UTC')}, {tz:String}), -730)
    GROUP BY dimensions)
SELECT purpose, argMax(dimensions, (days - 400 * spread, dimensions = 'events', -length(dimensions)))
FROM (
    SELECT 'total' AS purpose, * FROM sets
    UNION ALL
    SELECT 'channel', * FROM sets WHERE by_channel = 1
    UNION ALL
    SELECT 'device', * FROM sets WHERE by_device = 1)
GROUP BY purpose
