-- name: audience/rates
-- Factors from minor units of a currency into those of the figures, valid from a day on.
-- columns: currency String, day Int32, factor Float64
SELECT currency, toInt32(day) AS day, factor FROM currency_rate ORDER BY currency, day
