-- name: resolve/insert_rates
-- Factors into the reporting currency.
INSERT INTO currency_rate (currency, day, factor) FORMAT Native
