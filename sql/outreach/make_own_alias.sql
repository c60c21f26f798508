-- name: outreach/make_own_alias
-- Products that no catalogue has are known by their own name and title; after make_line.
INSERT INTO contact_alias
SELECT cityHash64(name), name, min(product)
FROM (SELECT product, arrayJoin([product, lower(trim(title))]) AS name FROM contact_line)
WHERE name != '' AND name NOT IN (SELECT alias FROM contact_alias)
GROUP BY name
