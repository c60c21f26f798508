-- name: schema/currency_rate
-- From a currency's minor units to the reporting currency's, valid from a day on.
CREATE TABLE IF NOT EXISTS currency_rate (currency String, day Date32, factor Float64)
ENGINE = MergeTree ORDER BY (currency, day)
