-- name: audience/make_person
-- Whoever ordered, has a profile, said a word on consent, got a message or was recognised in a visit.
-- params: tz String, scoped UInt8, fold_from String, fold_to String
INSERT INTO audience_person
WITH
    profile AS (
        SELECT i.person AS person, argMaxIf(n.language, n.at, n.language != '') AS language,
               argMaxIf(n.signup_source, n.at, n.signup_source != '') AS signup_source,
               argMaxIf(n.birthday, n.at, n.birthday != '') AS birthday,
               minIf(toNullable(toInt32(toDate32(n.created_at, {tz:String}))), n.created_at > toDateTime64(0, 6, 'UTC')) AS added_day,
               groupUniqArrayIf(n.country, n.country != '') AS countries,
               groupUniqArrayIf(n.region, n.region != '') AS regions,
               groupUniqArrayIf(n.city, n.city != '') AS cities,
               groupUniqArrayArray(arrayFilter(t -> t != '', arrayMap(t -> trim(t), splitByChar(',', n.tags)))) AS tags
        FROM (
            SELECT toString(language) AS language, toString(signup_source) AS signup_source, created_at, toString(birthday) AS birthday,
                   toString(country) AS country, toString(region) AS region, city, tags, updated_at AS at,
                   multiIf(customer_id != '' AND {scoped:UInt8} = 1, cityHash64('customer', toString(source), customer_id),
                           customer_id != '', cityHash64('customer', customer_id),
                           email != '', cityHash64('email', email),
                           phone != '', cityHash64('phone', phone),
                           profile_key != '', cityHash64('profile', toString(source), profile_key), 0) AS id
            FROM raw_person
            WHERE (source, profile_key) NOT IN (SELECT source, profile_key FROM raw_person WHERE is_deleted = 1)) AS n
        INNER JOIN identity AS i ON i.id = n.id
        GROUP BY person),
    bought AS (
        SELECT person, groupUniqArrayIf(toString(country), country != '') AS countries
        FROM orders WHERE valid = 1 AND identified = 1 GROUP BY person),
    visits AS (
        SELECT person, toNullable(toInt32(min(day))) AS first_day, toNullable(toInt32(max(day))) AS last_day,
               argMin(toString(channel), (started_at, session)) AS first_channel,
               argMax(toString(channel), (started_at, session)) AS last_channel,
               argMin(toString(device), (started_at, session)) AS first_device,
               argMax(toString(device), (started_at, session)) AS last_device,
               groupUniqArrayIf(toString(device), device != '') AS devices
        FROM sessions WHERE identified = 1 AND person != 0 GROUP BY person)
SELECT a.person, translateUTF8(c.name, {fold_from:String}, {fold_to:String}),
       translateUTF8(c.email, {fold_from:String}, {fold_to:String}) AS address,
       if(position(address, '@') = 0, '', splitByChar('@', address)[-1]),
       translateUTF8(p.language, {fold_from:String}, {fold_to:String}),
       translateUTF8(p.signup_source, {fold_from:String}, {fold_to:String}),
       p.added_day, v.first_day, v.last_day,
       toUInt8OrNull(substring(p.birthday, 1, 2)), toUInt8OrNull(substring(p.birthday, 4, 2)), c.recency, c.frequency, c.monetary,
       translateUTF8(v.first_channel, {fold_from:String}, {fold_to:String}),
       translateUTF8(v.last_channel, {fold_from:String}, {fold_to:String}),
       translateUTF8(v.first_device, {fold_from:String}, {fold_to:String}),
       translateUTF8(v.last_device, {fold_from:String}, {fold_to:String}),
       arrayDistinct(arrayMap(x -> translateUTF8(x, {fold_from:String}, {fold_to:String}),
                              arrayConcat(p.countries, b.countries))),
       arrayMap(x -> translateUTF8(x, {fold_from:String}, {fold_to:String}), p.regions),
       arrayMap(x -> translateUTF8(x, {fold_from:String}, {fold_to:String}), p.cities),
       arrayMap(x -> translateUTF8(x, {fold_from:String}, {fold_to:String}), p.tags),
       arrayMap(x -> translateUTF8(x, {fold_from:String}, {fold_to:String}), v.devices)
FROM (
    SELECT person FROM customers
    UNION DISTINCT SELECT person FROM consents WHERE person != 0
    UNION DISTINCT SELECT person FROM deliveries WHERE person != 0
    UNION DISTINCT SELECT person FROM sessions WHERE identified = 1 AND person != 0) AS a
LEFT ANY JOIN customers AS c ON c.person = a.person
LEFT ANY JOIN profile AS p ON p.person = a.person
LEFT ANY JOIN bought AS b ON b.person = a.person
LEFT ANY JOIN visits AS v ON v.person = a.person
