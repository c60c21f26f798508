-- name: identity/people
-- Who a person is in the sources' own words, the newest record first: what is compared to find
-- people who may be one. The name of an address is what stands before the @, without a tag.
-- columns: person UInt64, first_name String, last_name String, email String, email_name String,
--   phone String, postal_code String, city String, region String, country String
SELECT
    i.person AS person,
    argMaxIf(first_name, at, first_name != '') AS first_name,
    argMaxIf(last_name, at, last_name != '') AS last_name,
    argMaxIf(p.email, at, p.email != '') AS email,
    argMaxIf(splitByChar('+', splitByChar('@', p.email)[1])[1], at, p.email != '') AS email_name,
    argMaxIf(p.phone, at, p.phone != '') AS phone,
    argMaxIf(postal_code, at, postal_code != '') AS postal_code,
    argMaxIf(city, at, city != '') AS city,
    argMaxIf(toString(region), at, region != '') AS region,
    argMaxIf(toString(country), at, country != '') AS country
FROM (
    SELECT *, (greatest(created_at, active_at), import_id, line) AS at,
           multiIf(email != '', cityHash64('email', email), phone != '', cityHash64('phone', phone),
                   cityHash64('profile', toString(source), profile_key)) AS id
    FROM raw_person) AS p
INNER JOIN identity AS i ON i.id = p.id
GROUP BY person
HAVING first_name != '' OR last_name != ''
ORDER BY person
