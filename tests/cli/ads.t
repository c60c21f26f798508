# People for advertising places: who agreed, in each place's own form, and who is to be taken out again.
$ tidemark init shop --currency EUR --country DE --time-zone Europe/Berlin
= orders.csv
| order_id,ordered_at,total,currency,email,phone,country,status
| 1,2026-01-05 10:00:00,20.00,EUR,Ann@Example.com,+49 30 901820,DE,paid
| 2,2026-02-05 10:00:00,30.50,EUR,ben@example.com,,DE,paid
| 3,2026-02-06 10:00:00,10.00,EUR,cyd@example.com,,DE,paid
| 4,2026-02-07 10:00:00,10.00,EUR,dee@example.com,,DE,paid
| 5,2026-02-07 11:00:00,10.00,EUR,eve@example.com,,DE,paid
= events.csv
| event,occurred_at,email,phone,channel,method,proof
| consent_granted,2026-01-05T10:00:00Z,ann@example.com,,ads,form,Checkout
| consent_granted,2026-01-05T10:00:00Z,cyd@example.com,,ads,form,Checkout
| consent_granted,2026-01-05T10:00:00Z,dee@example.com,,email,form,Newsletter
| consent_granted,2026-01-05T10:00:00Z,eve@example.com,,ads,form,Checkout
| consent_withdrawn,2026-02-05T10:00:00Z,eve@example.com,,ads,link,
$ tidemark import --workspace shop orders.csv events.csv >/dev/null
$ tidemark segment set Buyers 'number_of_orders > 0' --workspace shop >/dev/null
$ tidemark segment set Big 'amount_spent > 15' --workspace shop >/dev/null
$ mkdir lists
$ tidemark ads Buyers --for meta --out lists --workspace shop
> Buyers, Meta: 2 of 5 people are on the list, 2 of them new
>   did not agree to advertising: 3
>   lists/segment-1-meta.csv
>   Meta uses no list of fewer than 100 people
# SHA-256 of ann@example.com, of 4930901820 and of "de".
$ cat lists/segment-1-meta.csv | tr -d '\r' | grep -c -e 'email,phone,fn,ln,zip,country,ct' -e '@'
> 1
$ printf %s ann@example.com | sha256sum | cut -c1-64 >ann; printf %s 4930901820 | sha256sum | cut -c1-64 >phone; printf %s de | sha256sum | cut -c1-64 >de
$ grep -c "^$(cat ann),$(cat phone),,,,$(cat de)" lists/segment-1-meta.csv
> 1
$ tidemark ads Buyers --for google --without Big --out lists --json --workspace shop >google.json
$ tr -d ' \n' <google.json | grep -o '"on_list":.*"not_agreed":[0-9]*'
> "on_list":1,"new":1,"taken_out":0,"left_out":2,"not_agreed":2
$ head -1 lists/segment-1-google.csv | tr -d '\r'
> Email,Email,Phone,First Name,Last Name,Country,Zip
# What a profile tells later goes along: postcode and town. Nobody is taken out for that.
= people.csv
| Email,Klaviyo ID,First Name,Last Name,City,State / Region,Country,Zip Code,Source,Email Marketing Consent,Profile Created On,Date Added
| ann@example.com,K1,Ann,Bee,Bad Homburg,,Germany,61 348,,,2026-01-05 10:00:00,2026-01-05 10:00:00
$ tidemark import --workspace shop people.csv >/dev/null
$ tidemark ads Buyers --for meta --out lists --workspace shop | head -3
> Buyers, Meta: 2 of 5 people are on the list, 1 of them new
>   did not agree to advertising: 3
>   lists/segment-1-meta.csv
$ printf %s 61348 | sha256sum | cut -c1-64 >zip; printf %s badhomburg | sha256sum | cut -c1-64 >town
$ grep "^$(cat ann)," lists/segment-1-meta.csv | tr -d '\r' | grep -c ",$(cat zip),$(cat de),$(cat town)$"
> 1
$ tidemark ads Buyers --for google --out lists --workspace shop >/dev/null; tr -d '\r' <lists/segment-1-google.csv | grep -c ',DE,61348$'
> 1
# Who withdraws is off the list and in the file that takes people out, until it is over.
= later.csv
| event,occurred_at,email,phone,channel,method,proof
| consent_withdrawn,2026-03-05T10:00:00Z,ann@example.com,,ads,link,
$ tidemark import --workspace shop later.csv >/dev/null
$ tidemark ads Buyers --for meta --out lists --workspace shop
> Buyers, Meta: 1 of 5 people are on the list, 0 of them new
>   did not agree to advertising: 4
>   lists/segment-1-meta.csv
>   lists/segment-1-meta-remove.csv
>     takes out 1 who were on earlier lists: bring it there, too
>   Meta uses no list of fewer than 100 people
$ grep -c "^$(cat ann)," lists/segment-1-meta.csv; grep -c "^$(cat ann)," lists/segment-1-meta-remove.csv
> 0
> 1
# Who is erased, too.
$ tidemark people erase cyd@example.com --yes --workspace shop >/dev/null
$ printf %s cyd@example.com | sha256sum | cut -c1-64 >cyd
$ tidemark ads Buyers --for meta --out lists --workspace shop | head -1
> Buyers, Meta: 0 of 4 people are on the list, 0 of them new
$ grep -c "^$(cat cyd)," lists/segment-1-meta-remove.csv
> 1
$ tidemark ads Buyers --for friendster --workspace shop
! say for which place
? 64
$ tidemark ads Nobody --for meta --workspace shop
! there is no segment "Nobody"
? 66
$ tidemark ads Buyers --for meta --out nowhere --workspace shop
! nowhere
? 66
