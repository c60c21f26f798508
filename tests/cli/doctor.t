# A workspace that holds together, one whose engine is gone, and one whose file is gone as well.
$ tidemark init shop --currency EUR --time-zone Europe/Berlin
= orders.csv
| order_id,ordered_at,total,currency,email,status
| 1,2026-01-05 10:00:00,20.00,EUR,ann@example.com,paid
| 2,2026-02-05 10:00:00,30.50,EUR,ann@example.com,paid
$ tidemark doctor --workspace shop
~ fine: The settings can be read
~ Nothing has come live yet
$ printf 'quarters: 4\nquartres: 3\n' > shop/plan.yaml; tidemark doctor --workspace shop
~ wrong: What was written by hand cannot be used: plan.yaml:2: unknown field "quartres"
~ perhaps "quarters" was meant
! not everything is in order
? 74
$ rm shop/plan.yaml
$ tidemark import --workspace shop orders.csv
$ tidemark doctor --workspace shop
~ note: Records came after the figures were made
$ tidemark show customers --workspace shop
$ tidemark doctor --workspace shop
~ fine: The analytics engine holds every record of every import \(2\)
~ fine: The figures rest on all 2 orders
$ tidemark doctor --workspace shop --json
~ "sound": ?true
$ rm -r shop/engine; tidemark doctor --workspace shop
~ wrong: The analytics engine lacks 2 records of "orders.csv"
~ tidemark doctor --rebuild
! not everything is in order
? 74
$ tidemark doctor --workspace shop --rebuild
~ mended: "orders.csv" was read again
~ fine: The analytics engine holds every record
$ tidemark show customers --workspace shop --csv
~ ann@example.com
$ rm -r shop/engine; mv orders.csv later.csv; tidemark doctor --workspace shop --rebuild
! 1 import cannot be read again \(2 rows\)
! "orders.csv": 2 rows
? 64
$ tidemark doctor --workspace shop --rebuild --yes
~ wrong: "orders.csv" is gone from the analytics engine
~ Import the file again
? 74
$ tidemark import --workspace shop later.csv
~ stored 2
$ tidemark doctor --workspace shop
~ fine: The analytics engine holds every record
# An engine that cannot start.
$ rm -r shop/engine; echo broken > shop/engine; tidemark doctor --workspace shop
~ wrong: The analytics engine does not start
? 74
$ tidemark doctor --workspace shop --rebuild
~ mended: The analytics engine did not start
~ mended: "later.csv" was read again
~ fine: The analytics engine holds every record
$ tidemark doctor --workspace shop --lang th
~ ปกติ
$ tidemark doctor
! name the workspace
? 64
