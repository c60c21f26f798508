# A workspace: made once, files once, a broken file takes nothing with it.
$ tidemark init shop --currency EUR --time-zone Europe/Berlin --margin 0.4
~ is ready
$ tidemark init shop
! is a workspace already
? 73
$ tidemark init other --time-zone Mars/Olympus
! Mars/Olympus
? 65
= orders.csv
| order_id,ordered_at,total,currency,email,status
| 1,2026-01-05 10:00:00,20.00,EUR,ann@example.com,paid
| 2,2026-02-05 10:00:00,30.50,EUR,ann@example.com,paid
| 3,2026-02-06 10:00:00,abc,EUR,bob@example.com,paid
$ tidemark import --workspace shop orders.csv
~ rows read 3: stored 2, merged 0, rejected 1
~ line 4
~ €50\.50
$ tidemark import --workspace shop orders.csv
~ imported before; nothing changed
= broken.csv
| order_id,ordered_at,total,currency,email
| 7,2026-01-05 10:00:00,20.00,EUR,ann@example.com
| 8,2026-01-05 10:00:00,"20.00,EUR,ann@example.com
$ tidemark import --workspace shop broken.csv
! not every file could be imported
~ broken.csv
~ line 3
? 65
$ tidemark assess --workspace shop --json
~ "orders": 2
$ tidemark import --workspace shop --json orders.csv
~ "outcome": "already_imported"
# Two at once: the second is told.
$ tidemark import --workspace shop . --dates ymd
! --dates must be dmy or mdy
? 64
