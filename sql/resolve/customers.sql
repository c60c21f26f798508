-- name: resolve/customers
-- Known people with what their standing orders came to, without those whom their source has
-- forgotten. Equal values share a fifth: a score is 1
-- and one more for each fifth's upper bound that lies below the value.
-- params: scoped UInt8
INSERT INTO customers
WITH
    named AS (
        SELECT i.person AS person, argMaxIf(n.name, n.at, n.name != '') AS name,
               argMaxIf(n.email, n.at, n.email != '') AS email
        FROM (
            SELECT trim(concat(first_name, ' ', last_name)) AS name, raw_person.email AS email,
                   multiIf(customer_id != '' AND {scoped:UInt8} = 1, cityHash64('customer', toString(source), customer_id),
                           customer_id != '', cityHash64('customer', customer_id),
                           raw_person.email != '', cityHash64('email', raw_person.email),
                           phone != '', cityHash64('phone', phone),
                           profile_key != '', cityHash64('profile', toString(source), profile_key), 0) AS id,
                   updated_at AS at
            FROM raw_person
            WHERE (source, profile_key) NOT IN (SELECT source, profile_key FROM raw_person WHERE is_deleted = 1)
            UNION ALL
            SELECT '', raw_order.email, cityHash64('email', raw_order.email), updated_at FROM raw_order WHERE raw_order.email != '') AS n
        INNER JOIN identity AS i ON i.id = n.id
        GROUP BY person),
    bought AS (
        SELECT person, argMax(toString(orders.country), ordered_at) AS country, min(day) AS first_day,
               max(day) AS last_day, count() AS n, toInt64(sum(coalesce(net, 0))) AS revenue
        FROM orders WHERE valid = 1 AND identified = 1 GROUP BY person),
    (SELECT (quantilesExact(0.2, 0.4, 0.6, 0.8)(toInt32(last_day)), quantilesExact(0.2, 0.4, 0.6, 0.8)(n),
             quantilesExact(0.2, 0.4, 0.6, 0.8)(revenue)) FROM bought) AS cuts
SELECT p.person, n.name, n.email, b.country, b.first_day, b.last_day, b.n, b.revenue,
       if(b.n = 0, 0, 1 + arrayCount(c -> toInt32(b.last_day) > c, cuts.1)),
       if(b.n = 0, 0, 1 + arrayCount(c -> b.n > c, cuts.2)),
       if(b.n = 0, 0, 1 + arrayCount(c -> b.revenue > c, cuts.3))
FROM (SELECT person FROM named UNION DISTINCT SELECT person FROM bought) AS p
LEFT ANY JOIN named AS n ON n.person = p.person
LEFT ANY JOIN bought AS b ON b.person = p.person
