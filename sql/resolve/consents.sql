-- name: resolve/consents
-- What each person allows. A later dated word replaces an earlier one; among undated words the
-- strictest holds, and an undated withdrawal is not lifted by any word of unknown order.
-- params: scoped UInt8
INSERT INTO consents
SELECT
    if(i.person != 0, i.person, c.known_id) AS person, c.channel,
    multiIf(max(c.changed_at <= toDateTime64(0, 6, 'UTC') AND c.state IN ('withdrawn', 'unreachable')) = 1,
            argMaxIf(c.state, c.rank, c.changed_at <= toDateTime64(0, 6, 'UTC')),
            argMax(c.state, (c.changed_at, c.rank))) AS state_,
    max(c.changed_at) AS changed_at_,
    max(c.changed_at > toDateTime64(0, 6, 'UTC')) AS has_date, max(c.origin) AS has_origin
FROM (
    SELECT
        multiIf(
            customer_id != '' AND {scoped:UInt8} = 1, cityHash64('customer', toString(source), customer_id),
            customer_id != '', cityHash64('customer', customer_id),
            email != '', cityHash64('email', email),
            phone != '', cityHash64('phone', phone),
            profile_key != '', cityHash64('profile', toString(source), profile_key),
            0) AS known_id,
        toString(channel) AS channel, toString(state) AS state, changed_at,
        method != '' OR proof != '' AS origin,
        indexOf(['granted', 'pending', 'denied', 'unreachable', 'withdrawn'], state) AS rank
    FROM raw_consent
    WHERE customer_id = '' OR (source, customer_id) NOT IN (
        SELECT source, customer_id FROM raw_person WHERE is_deleted = 1)) AS c
LEFT ANY JOIN identity AS i ON i.id = c.known_id
WHERE c.known_id != 0
GROUP BY person, c.channel
