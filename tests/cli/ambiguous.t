# Never guessed: dates and numbers that can be read in two ways.
= d/orders.csv
| order_id,ordered_at,total,currency
| 1,03/04/2026,20.00,EUR
| 2,05/06/2026,30.00,EUR
$ tidemark assess d
! (03/04/2026|05/06/2026)
! --dates
? 65
$ tidemark assess d --dates dmy --json
~ "as_of": "2026-06-0
$ tidemark assess d --dates mdy --json
~ "as_of": "2026-05-0
# The import says the choice too, and blames no row.
$ tidemark init ws && tidemark import --workspace ws d
~ --dates dmy \(day first\) or --dates mdy
? 65
$ tidemark import --workspace ws d | grep -c "line 2"
> 0
? 1
# Between points the day comes first.
= p/orders.csv
| order_id,ordered_at,total,currency
| 1,03.04.2026,20.00,EUR
$ tidemark assess p --json
~ "as_of": "2026-04-0
# One clear date settles all of its file.
= e/orders.csv
| order_id,ordered_at,total,currency
| 1,03/04/2026,20.00,EUR
| 2,25/06/2026,30.00,EUR
$ tidemark assess e --json
~ "as_of": "2026-06-2
= f/orders.csv
| order_id,ordered_at,total,currency
| 1,2026-04-03,"1,234",EUR
$ tidemark assess f
! 1,234
! --decimals
? 65
$ tidemark assess f --decimals point --json
~ "revenue": 123400
# Currencies are never added raw.
= g/orders.csv
| order_id,ordered_at,total,currency
| 1,2026-04-03,10.00,EUR
| 2,2026-04-04,10.00,EUR
| 3,2026-04-05,10.00,USD
$ tidemark assess g --json
! 1 record in USD has no exchange rate to EUR
~ "revenue": 2000
= rates.csv
| date,from,to,rate
| 2026-01-01,USD,EUR,0.9
$ tidemark assess g --rates rates.csv --json
~ "revenue": 2900
