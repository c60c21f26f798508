-- name: resolve/clear_currency_rate
-- Before the table is built anew.
TRUNCATE TABLE currency_rate
