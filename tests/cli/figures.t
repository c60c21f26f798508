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
