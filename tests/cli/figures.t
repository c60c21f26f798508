# Headline figures: what one customer orders on one day is one occasion, as in the measures.
= orders.csv
| order_id,ordered_at,total,currency,email,status
| 1,2026-01-05 10:00:00,10.00,EUR,ann@example.com,paid
| 2,2026-01-05 18:00:00,20.00,EUR,ann@example.com,paid
| 3,2026-02-05 10:00:00,30.00,EUR,ann@example.com,paid
| 4,2026-02-06 10:00:00,40.00,EUR,bob@example.com,paid
$ tidemark assess . --json
~ "orders": 4,
~ "customers": 2,
~ "revenue": 10000,
~ "repeat_share": 0.3$
# The goal that the settings keep is the forecast's, unless another is tried.
$ tidemark init kept --currency EUR --time-zone UTC && echo 'goal: 4000' >> kept/tidemark.yaml && tidemark import -w kept orders.csv
~ is ready
$ tidemark show forecast -w kept --csv | cut -d, -f1,10,11
> from_day,goal,pace
> 2026-01-01,40.00,
$ tidemark show forecast -w kept --goal 5000 --csv | cut -d, -f10
> goal
> 50.00
$ tidemark show forecast -w kept --goal 0 --csv | cut -d, -f10
> goal
> 
# Money that cannot be converted is in no figure, and that is told beside each.
= abroad.csv
| order_id,ordered_at,total,currency,email,status
| 9,2026-02-07 10:00:00,50.00,USD,dan@example.com,paid
| 8,2026-02-08 10:00:00,50.00,USD,dan@example.com,paid
$ tidemark import -w kept abroad.csv > /dev/null && tidemark show revenue -w kept --by total --csv | cut -d, -f2,3
> revenue,orders
> 100.00,6
! 2 records in USD have no exchange rate to EUR
! rates
$ tidemark show revenue -w kept --json | grep -A4 unconverted
~ "currency": "USD",
~ "orders": 2,
? 0
! no exchange rate
