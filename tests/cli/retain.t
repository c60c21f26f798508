# What is older than the settings keep goes, and only that; the counts say so.
$ tidemark init shop --currency EUR --time-zone Europe/Berlin
= events.csv
| event,occurred_at,email,channel,campaign,session_id,anonymous_id,page
| page_view,2020-01-05T10:00:00Z,,,,s1,v1,/old-canary
| page_view,2020-02-05T10:00:00Z,,,,s2,v2,/old-canary
| page_view,2026-02-05T10:00:00Z,,,,s3,v3,/new
| message_sent,2020-02-05T10:00:00Z,ann@example.com,email,Spring,,,
| message_sent,2026-02-06T10:00:00Z,ann@example.com,email,Winter,,,
| consent_withdrawn,2020-02-07T10:00:00Z,ben@example.com,email,,,,
= orders.csv
| order_id,ordered_at,total,currency,email,status
| 1,2020-01-05 10:00:00,20.00,EUR,ann@example.com,paid
| 2,2026-02-05 10:00:00,30.50,EUR,ann@example.com,paid
$ tidemark import --workspace shop events.csv orders.csv >/dev/null
# Unless told, nothing goes.
$ tidemark retain --workspace shop
> Events of visits: all are kept (keep_events).
> Records of messages sent: all are kept (keep_messages).
> Live messages as they came: all are kept (keep_live).
> People without activity: all are kept (keep_people).
> Reasons of rejected rows: all are kept (keep_reasons).
> Marks with their evidence: all are kept (keep_marks).
> The record of what was done: all are kept (keep_audit).
> Finished erasures: all are kept (keep_erasures).
$ printf 'keep_events: 20\n' >>shop/tidemark.yaml; tidemark retain --workspace shop
! keep_events: must be 31 days or more
? 65
$ sed -i 's/keep_events: 20/keep_events: 1500\nkeep_messages: 1500/' shop/tidemark.yaml; tidemark retain --workspace shop --dry-run
~ ^Events of visits: 2 from before 20[0-9-]* would be deleted
~ ^Records of messages sent: 1 from before 20[0-9-]* would be deleted
$ tidemark doctor --workspace shop
~ fine: The analytics engine holds every record of every import \(8\)
$ tidemark retain --workspace shop --json | tr -d '\n ' | grep -oE '"deleted":[0-9]+'
> "deleted":2
> "deleted":1
> "deleted":0
> "deleted":0
> "deleted":0
> "deleted":0
> "deleted":0
> "deleted":0
$ tidemark retain --workspace shop
~ ^Events of visits: 0 from before
$ tidemark doctor --workspace shop
~ fine: The analytics engine holds every record of every import \(5\)
# What the store has: told before it goes, and what was done is on record.
$ printf 'keep_audit: 31\nkeep_reasons: 31\nkeep_marks: 31\nkeep_erasures: 31\n' >>shop/tidemark.yaml; tidemark retain --workspace shop --dry-run
~ ^The record of what was done: 0 from before 20[0-9-]* would be deleted
~ ^Reasons of rejected rows: 0 from before
~ ^Marks with their evidence: 0 from before
~ ^Finished erasures: 0 from before
$ grep -a -c 'events=2 messages=1' shop/store.db shop/store.db-wal 2>/dev/null | grep -v ':0' | head -1 | wc -l
> 1
# Orders and consent stay.
$ tidemark show revenue --workspace shop --csv | grep -cE '^2020|^2026'
~ [1-9]
$ tidemark suppression check ben@example.com --channel email --workspace shop
> This address must not be written to: unsubscribed.
# The engine made anew from the file is what the settings keep after the next time.
$ rm -r shop/engine; tidemark doctor --workspace shop --rebuild >/dev/null; tidemark retain --workspace shop
~ ^Events of visits: 2 from before
$ tidemark doctor --workspace shop
~ fine: The analytics engine holds every record of every import \(5\)
$ tidemark retain
! name the workspace
? 64
