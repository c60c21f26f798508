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
