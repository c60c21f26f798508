-- The one currency, as resolving writes it.
INSERT INTO currency_rate (currency, day, factor) SELECT 'GBP', toDate32('1970-01-01'), 1
