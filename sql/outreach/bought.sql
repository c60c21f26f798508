-- name: outreach/bought
-- What people have: cityHash64 of each product, once.
-- params: people Array(UInt64)
-- columns: person UInt64, products Array(UInt64)
SELECT person, groupUniqArray(cityHash64(product)) AS products
FROM contact_line WHERE person IN {people:Array(UInt64)}
GROUP BY person
ORDER BY person
