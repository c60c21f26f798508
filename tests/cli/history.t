# What a workspace keeps of its past.
$ tidemark init shop --currency EUR --time-zone Europe/Berlin --margin 0.4
$ tidemark history --workspace shop
~ Nothing is kept yet
$ tidemark history --workspace nowhere
! is not a workspace
? 66
$ tidemark history
! name the workspace
? 64
= orders.csv
| order_id,ordered_at,total,currency,email,status
| 1,2026-01-05 10:00:00,20.00,EUR,ann@example.com,paid
| 2,2026-02-05 10:00:00,30.50,EUR,ann@example.com,paid
$ tidemark assess --workspace shop orders.csv --json
~ "stage"
# The same data again is the same assessment.
$ tidemark assess --workspace shop
= more.csv
| order_id,ordered_at,total,currency,email,status
| 3,2026-04-05 10:00:00,25.00,EUR,bob@example.com,paid
| 4,2026-05-05 10:00:00,35.00,EUR,ann@example.com,paid
$ tidemark assess --workspace shop more.csv
$ tidemark history --workspace shop --csv | cut -d, -f1-5
> id,as_of,model,model_version,stage
> 1,2026-02-05T09:00:00Z,tidemark,1.0.0,1
> 2,2026-05-05T08:00:00Z,tidemark,1.0.0,1
$ tidemark history --workspace shop --json | grep -c '"seen": 2'
> 1
$ tidemark history --workspace shop --last 1 --csv | wc -l
> 2
$ tidemark history --workspace shop --last none
! above 0
? 64
$ tidemark history --workspace shop
~ 5 Feb 2026
~ Index over time:
# Judged again by the same model the past is what it was.
$ tidemark history --workspace shop --restate --json | grep -o '"result_hash": "[0-9a-f]*"' | sort | uniq -c | grep -c ' 2 '
> 2
$ tidemark history --workspace shop --restate
~ restated
# What changed, and is it real.
$ tidemark prove --workspace shop
~ What came of it, from 5 Feb 2026 to 5 May 2026
~ No road map was saved
$ tidemark prove --workspace shop 1 2026-05-05 --json
~ "promised": false
$ tidemark prove --workspace shop 2 1
! must be older
? 64
$ tidemark prove --workspace shop 9
! there is no assessment "9"
? 66
# Among others: nothing to compare with yet.
$ tidemark peers --workspace shop
~ that takes 5 of them, and 0 are known here
$ tidemark peers export --workspace shop --out me.json && stat -c %a shop/peers.key
~ Nothing was sent
~ 600
$ tidemark peers import --workspace shop me.json --json
~ "own": 1
$ sed 's/version/Version/' me.json > wrong.json && tidemark peers import --workspace shop wrong.json
! wrong.json: entry 1 was changed after it was signed
? 65
$ tidemark peers import --workspace shop orders.csv
? 65
$ tidemark peers frown --workspace shop
! Use show, export or import
? 64
