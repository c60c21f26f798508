# Campaigns: checked with all their mistakes, kept by name.
= sale.yaml
| name: Sale
| about: Everything must go
| to:
|   include: [Buyers, {where: number_of_orders > 3}]
|   exclude: {where: "last_order_date >= -7d"}
| holdout: 10
| throttle: 5000
| needs_approval: yes
| sends:
|   - name: opening
|     channel: [email, sms]
|     when: 2036-11-27 09:00
|     variants:
|       - {name: A, message: sale-a, share: 50}
|       - {name: B, message: sale-b, share: 50}
|     winner: {test: 20, after: 4 hours, by: clicks}
|   - {name: reminder, message: sale-2, channel: email, after: 3 days, only: not ordered}
= bad.yaml
| name: Sale
| to: {include: Buyers}
| holdout: 60
| sends:
|   - {name: a, message: m, channel: pigeon, when: at once}
$ tidemark campaign check sale.yaml
> Sale
>   Everything must go
>   to: Buyers
>   to: number_of_orders > 3
>   not to: last_order_date >= -7d
>   10 % of people get nothing, to measure what it brings
>   at most 5,000 an hour
>   somebody else than who wrote it must approve it
>   opening: on 2036-11-27 09:00
>       email, sms
>       A: "sale-a", 50 %
>       B: "sale-b", 50 %
>       tried out on 20 %; after 4 hours the rest gets the one with the most clicks
>   reminder: 3 days after the first
>       to those who did not order since the first
>       email
>       "sale-2"
$ tidemark campaign check sale.yaml --json
~ "after_seconds": 259200
~ "holdout_percent": 10
$ tidemark campaign check bad.yaml
! bad.yaml:3: holdout: must lie between 0 and 50, is 60
! bad.yaml:5:
? 65
$ tidemark campaign check nothing.yaml
! nothing.yaml
? 66
$ tidemark campaign starters
~ newsletter: Newsletter
$ tidemark campaign starters sale >mine.yaml
$ tidemark campaign check mine.yaml | head -1
> Sale
$ tidemark campaign starters goose
! there is no starter "goose"
? 66
$ tidemark init shop --currency EUR
$ tidemark campaign list --workspace shop
> There are no campaigns yet: "tidemark campaign starters" shows some to begin with.
$ tidemark campaign set sale.yaml --workspace shop
! there is no segment "Buyers"
? 66
$ tidemark segment set Buyers 'number_of_orders > 0' --workspace shop
> The segment "Buyers" is kept.
$ tidemark campaign set sale.yaml --workspace shop
> The campaign "Sale" is kept.
$ tidemark campaign set sale.yaml --workspace shop --json
~ "id": 2
$ tidemark campaign list --workspace shop
> Sale
>   Everything must go
$ tidemark campaign text 'SALE' --workspace shop | head -1
> name: Sale
$ tidemark campaign show 2 --workspace shop | head -1
> Sale
$ tidemark campaign status Sale --workspace shop
> Sale: draft
$ tidemark campaign launch Sale --workspace shop
! was not counted yet
? 65
$ tidemark campaign approve Sale --workspace shop
! was not counted yet
? 65
$ tidemark campaign preview Sale --workspace shop
! there are no records yet
? 66
$ tidemark campaign pause Sale --workspace shop
! is not on its way
? 65
$ tidemark campaign test Sale --workspace shop
! say to whom
? 64
$ tidemark campaign calendar --workspace shop
> 2036-11-27 09:00  Sale: opening (draft)
$ tidemark campaign calendar --month 2036-10 --workspace shop
> Nothing is on the calendar.
$ tidemark campaign calendar --month 2036 --workspace shop
! is no month
? 64
$ tidemark campaign remove Sale --workspace shop
> The campaign "Sale" is gone.
$ tidemark campaign show Sale --workspace shop
! there is no such campaign
? 66
$ tidemark campaign
! say what to do
? 64
$ tidemark campaign list
! name the workspace
? 64
