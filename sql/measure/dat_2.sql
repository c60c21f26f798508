-- name: measure/dat_2
-- People on the e-mail list (n), and those whose consent has its date and its origin on record (k).
-- columns: known UInt8, k Float64, n Float64
SELECT toUInt8(count() > 0) AS known, toFloat64(countIf(has_date = 1 AND has_origin = 1)) AS k, toFloat64(count()) AS n
FROM consents
WHERE channel = 'email' AND state = 'granted'
