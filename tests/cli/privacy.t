# Everything that is kept of one person, and its erasure.
$ tidemark init shop --currency EUR --time-zone Europe/Berlin
= customers.csv
| Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags
| 1001,Philippa,Quenby,Philippa.Quenby@example.com,yes,,,,Millport,MP,GB,45678,,+447700900123,no,0,0,,no,vip-canary
| 1002,Oswald,Quenby,oswald@example.com,yes,,,,Millport,MP,GB,45678,,,no,0,0,,no,
= orders.csv
| order_id,ordered_at,total,currency,email,status
| 1,2026-01-05 10:00:00,20.00,EUR,philippa.quenby@example.com,paid
| 2,2026-02-05 10:00:00,30.00,EUR,oswald@example.com,paid
= events.csv
| event_id,event,occurred_at,anonymous_id,email,page
| e1,page_view,2026-01-05 09:00:00,device-77-canary,philippa.quenby@example.com,/hats
| e2,page_view,2026-02-05 09:00:00,device-88-other,oswald@example.com,/ref?from=philippa.quenby%40example.com
$ tidemark import --workspace shop customers.csv orders.csv events.csv
$ tidemark show revenue --workspace shop --csv | cut -d, -f1-3 > before.csv; grep -c . before.csv
$ tidemark people export nobody@example.org --workspace shop --out none
~ Records: 0
$ tidemark people export 17 --workspace shop --out none
! nobody here is "17"
? 66
$ tidemark people export philippa.quenby@example.com --workspace shop --out told
~ written to told
$ grep -l -i -r philippa told | sort
> told/consent_ledger.csv
> told/consents.csv
> told/events.csv
> told/identifiers.csv
> told/orders.csv
> told/person.json
> told/profiles.csv
$ cat told/* | grep -o -h -i -e vip-canary -e device-77-canary -e Millport -e 447700900123 -e /hats | sort -u
> /hats
> 447700900123
> Millport
> device-77-canary
> vip-canary
# What the ledger has of the person, and what stands against writing to her.
$ cut -d, -f2-5,8,13 told/consent_ledger.csv | tr -d '\r' | sort
> +447700900123,sms,marketing,denied,shopify,
> philippa.quenby@example.com,email,marketing,granted,shopify,
> who,channel,purpose,state,source,proof
$ grep -c consent_ledger told/person.json
> 1
$ grep -c oswald told/person.json
? 1
$ tidemark people erase 1001 --workspace shop
! an erasure cannot be undone: say --yes
? 64
$ tidemark people erase 1001 --workspace shop --dry-run
~ orders that stay for the books without the person: 1
~ customers.csv
$ tidemark people erase 1001 --workspace shop --yes
~ nothing of the person was found any more
$ grep -r -l -i -a -e philippa -e device-77-canary -e 447700900123 shop
? 1
# Sums are what they were; the other one is still there.
$ tidemark show revenue --workspace shop --csv | cut -d, -f1-3 | cmp - before.csv
$ tidemark show search --q oswald --workspace shop --csv | grep -c oswald@example.com
> 1
$ tidemark show search --q philippa --workspace shop --csv | wc -l
> 1
$ tidemark doctor --workspace shop
# The old file does not bring the person back, nor does one under another name; what comes later does.
$ (cat customers.csv; echo 1003,Nina,Other,nina@example.com,yes,,,,Harbury,HB,GB,11111,,,no,0,0,,no,) > again.csv
= later.csv
| order_id,ordered_at,total,currency,email,status
| 1,2026-01-05 10:00:00,20.00,EUR,philippa.quenby@example.com,paid
| 3,2026-03-05 10:00:00,40.00,EUR,nina@example.com,paid
$ tidemark import --workspace shop again.csv later.csv
~ from before a person's erasure
$ tidemark show search --q philippa --workspace shop --csv | wc -l
> 1
$ grep -r -l -i -a -e philippa -e 447700900123 shop
? 1
$ tidemark show search --q nina --workspace shop --csv | grep -c nina@example.com
> 1
$ tidemark doctor --workspace shop
$ (echo order_id,ordered_at,total,currency,email,status; echo 9,$(date -u +%Y-%m-%dT%H:%M:%SZ),70.00,EUR,philippa.quenby@example.com,paid) > new.csv; tidemark import --workspace shop new.csv
$ tidemark show search --q philippa --workspace shop --csv | grep -c philippa.quenby@example.com
> 1
$ tidemark doctor --workspace shop
$ tidemark people erasures --workspace shop
~ done
