-- name: identity/find
-- People whose number, address, phone, customer number, log-in or device is a text.
-- params: q String
-- columns: person UInt64
SELECT DISTINCT person
FROM (
    SELECT person FROM identity
    WHERE id IN (cityHash64('email', lowerUTF8({q:String})), cityHash64('phone', {q:String}),
                 cityHash64('customer', {q:String}), cityHash64('login', {q:String}),
                 cityHash64('device', {q:String}))
       OR id IN (SELECT cityHash64('customer', toString(source), {q:String}) FROM raw_order GROUP BY source)
       OR id IN (SELECT cityHash64('customer', toString(source), {q:String}) FROM raw_person GROUP BY source)
       OR person = toUInt64OrZero({q:String})
    UNION ALL
    SELECT cityHash64('device', {q:String}) AS person
    FROM (SELECT count() AS n FROM raw_event WHERE anonymous_id = {q:String}) AS e
    WHERE n > 0 AND person NOT IN (SELECT id FROM identity WHERE id = cityHash64('device', {q:String})))
WHERE person != 0
ORDER BY person
