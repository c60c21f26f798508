-- name: identity/aliases
-- Log-in ids of which one took the other's place, each pair once, in the order in which it was first
-- said. Whether the other is a log-in id at all shows in whether anybody logged in with it.
-- columns: login UInt64, previous UInt64, first_at DateTime64(6, 'UTC')
SELECT cityHash64('login', user_id) AS login, cityHash64('login', previous_id) AS previous,
       min(active_at) AS first_at
FROM raw_person
WHERE user_id != '' AND previous_id != '' AND user_id != previous_id
GROUP BY login, previous
ORDER BY first_at, login, previous
