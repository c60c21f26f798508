# Days are those of the shop's zone, and a day that is asked for ends with its last moment.
= orders.csv
| order_id,ordered_at,total,currency,email,status
| 1,2026-06-10,10.00,EUR,ann@example.com,paid
| 2,2026-06-29,20.00,EUR,bob@example.com,paid
| 3,2026-06-30,40.00,EUR,cid@example.com,paid
$ tidemark init west --currency EUR --time-zone America/New_York
$ tidemark assess -w west orders.csv --as-of 2026-06-29 --json | grep -E '"(as_of|orders|revenue)": '
~ "as_of": "2026-06-30T03:59:59.999999Z"
~ "orders": 2,
~ "revenue": 3000,
$ tidemark assess -w west --as-of 2026-06-29 | head -5
~ as of 29 Jun 2026
$ tidemark assess -w west | head -5
~ as of 30 Jun 2026, the newest record
$ tidemark history -w west | grep -oE '(29|30) Jun 2026'
> 29 Jun 2026
> 30 Jun 2026
$ tidemark prove -w west --json 2026-06-29 2026-06-30 | head -c 1
> {
$ tidemark init east --currency EUR --time-zone Asia/Bangkok
$ tidemark assess -w east orders.csv | head -5
~ as of 30 Jun 2026, the newest record
$ tidemark history -w east | grep -oE '(29|30) Jun 2026'
> 30 Jun 2026
