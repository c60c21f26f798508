# Who is one person: found, decided, undone.
$ tidemark init shop --currency EUR --time-zone Europe/Berlin
= customers.csv
| Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags
| 1001,Philippa,Quenby,philippa.quenby@example.com,yes,,,,Millport,MP,GB,45678,,,no,0,0,,no,
| 1002,Philippa,Quenby,philipa.quenby@example.com,yes,,,,Millport,MP,GB,45678,,,no,0,0,,no,
| 1003,Oswald,Quenby,oswald@example.com,yes,,,,Millport,MP,GB,45678,,,no,0,0,,no,
| 1004,Ada,Bell,ada@example.com,yes,,,,Harbury,HB,GB,11111,,,no,0,0,,no,
| 1005,Ben,Carr,ben@example.com,yes,,,,Ironton,IR,GB,22222,,,no,0,0,,no,
| 1006,Cleo,Dunn,cleo@example.com,yes,,,,Jasper,JA,GB,33333,,,no,0,0,,no,
| 1007,Dov,Ellis,dov@example.com,yes,,,,Kenmore,KE,GB,44444,,,no,0,0,,no,
| 1008,Esme,Frost,esme@example.com,yes,,,,Larkhill,LA,GB,55555,,,no,0,0,,no,
| 1009,Finn,Grant,finn@example.com,yes,,,,Morley,MO,GB,66666,,,no,0,0,,no,
| 1010,Gwen,Hale,gwen@example.com,yes,,,,Norton,NO,GB,77777,,,no,0,0,,no,
= orders.csv
| order_id,ordered_at,total,currency,email,status
| 1,2026-01-05 10:00:00,20.00,EUR,philippa.quenby@example.com,paid
| 2,2026-02-05 10:00:00,30.00,EUR,philipa.quenby@example.com,paid
| 3,2026-02-06 10:00:00,40.00,EUR,oswald@example.com,paid
$ tidemark import --workspace shop customers.csv orders.csv
# The slip of the pen is found; the husband at the same address is not.
$ tidemark people suggest --workspace shop
~ Philippa Quenby <philippa.quenby@example.com>
~ Philippa Quenby <philipa.quenby@example.com>
~ Pairs found: 1; shown: 1. Nothing was joined
$ tidemark people suggest --workspace shop --json | grep -c '"probability"'
> 1
$ tidemark show customers --workspace shop --csv | wc -l
> 4
$ tidemark people suggest --workspace shop --json | grep -o '"person": "[0-9]*"' | grep -o '[0-9]*' > pair; cat pair | wc -l
> 2
# Joined: the figures follow at once, and nothing is left to suggest.
$ tidemark people same $(cat pair) --workspace shop
~ Kept as decision 1: they are one person
$ tidemark show customers --workspace shop --csv | wc -l
> 3
$ tidemark people suggest --workspace shop
~ no two that look like one
# Taken back.
$ tidemark people undo 1 --workspace shop
~ Decision 1 is taken back
$ tidemark show customers --workspace shop --csv | wc -l
> 4
$ tidemark people undo 1 --workspace shop
! there is no decision 1 to take back
? 66
# What cannot be.
$ tidemark people --workspace shop
! say what to do
? 64
$ tidemark people same 17 18 --workspace shop
? 66
$ tidemark people same ann bob --workspace shop
! "ann" is no person's number
? 64
$ tidemark people suggest --least 7 --workspace shop
! --least must be a number from 0.01 to 1
? 64
# Kept apart: never suggested again, and the engine's folder may be deleted.
$ tidemark people apart $(cat pair) --workspace shop
~ they are two people
$ tidemark people suggest --workspace shop
~ no two that look like one
$ rm -r shop/engine && tidemark people decisions --workspace shop --json | grep -c '"kind": "apart"'
> 1
$ tidemark people decisions --workspace shop
~ one person  \(taken back\)
~ two people
