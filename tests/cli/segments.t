# Segments: kept by name, checked, counted, explained.
$ tidemark init shop --currency EUR --time-zone Europe/Berlin
= orders.csv
| order_id,ordered_at,total,currency,email,status,country
| 1,2026-01-05 10:00:00,20.00,EUR,ann@example.com,paid,Germany
| 2,2026-02-05 10:00:00,30.50,EUR,ann@example.com,paid,de
| 3,2026-02-06 10:00:00,10.00,EUR,ben@example.com,paid,
= events.csv
| event,occurred_at,email,channel,campaign,session_id,anonymous_id,page
| cart_add,2026-02-06T09:00:00Z,cyd@example.com,,,s1,v1,/cart
| checkout_start,2026-02-06T09:05:00Z,cyd@example.com,,,s1,v1,/pay
| consent_withdrawn,2026-02-06T09:00:00Z,ben@example.com,email,,,,
$ tidemark import --workspace shop orders.csv events.csv >/dev/null
$ tidemark segment check 'number_of_orders>=2 and last_order_date >= -30d' --workspace shop
> number_of_orders >= 2 AND last_order_date >= -30d
> Draft: 1 of 3 people
$ tidemark segment check 'number_of_ordrs >= 2' --workspace shop
! Did you mean "number_of_orders"?
? 65
$ tidemark segment set Buyers 'number_of_orders > 0' --about 'all who bought' --workspace shop
> The segment "Buyers" is kept.
$ tidemark segment set Others "not segment('buyers')" --workspace shop
> The segment "Others" is kept.
$ tidemark segment set checkout_left --workspace shop
> The segment "Checkout left" is kept.
$ tidemark segment set Buyers "segment('Others')" --workspace shop
! that would go on for ever
? 65
$ tidemark segment list --workspace shop
> Buyers
>   number_of_orders > 0
>   all who bought
> Checkout left
>   abandoned_checkout_date >= -7d
>   Began to pay in the last seven days, and no order followed.
> Others
>   NOT segment('buyers')
$ tidemark segment count --workspace shop
> Buyers: 2 of 3 people
> Checkout left: 1 of 3 people
> Others: 1 of 3 people
$ tidemark segment check "email_subscription_status = 'UNSUBSCRIBED' AND amount_spent = 10" --workspace shop
> email_subscription_status = 'UNSUBSCRIBED' AND amount_spent = 10
> Draft: 1 of 3 people
$ person=$(tidemark show search --q ann@example.com --workspace shop --json | grep -oE '"person": *"?[0-9]+' | head -1 | grep -oE '[0-9]+'); tidemark segment explain Buyers $person --workspace shop
> +  number_of_orders > 0
>    Number of orders: 2. It holds: yes
> In the segment "Buyers".
$ tidemark segment explain Buyers 1 --workspace shop
! nobody here has the number 1
? 66
$ tidemark segment remove Buyers --workspace shop
> The segment "Buyers" is gone.
$ tidemark segment count --workspace shop
~ ^Checkout left: 1 of 3 people$
~ ^Others$
~ broken: .*there is no segment "buyers"
$ tidemark segment words | grep -c '"name": "orders_placed"'
> 1
= members.csv
| Email Address,First Name,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,LEID,EUID
| ann@example.com,Ann,04/09,2,2025-04-18 13:51:14,192.0.2.1,1,aaa
| ben@example.com,Ben,02/29,2,2025-04-18 13:51:14,192.0.2.1,2,bbb
$ tidemark import --workspace shop members.csv >/dev/null
$ tidemark segment check "birthday = 2026-04-09 AND birthday_month = 4" --workspace shop
> birthday = 2026-04-09 AND birthday_month = 4
> Draft: 1 of 3 people
$ tidemark segment check "birthday BETWEEN 2026-02-28 AND +30d AND birthday_day = 29" --workspace shop
> birthday BETWEEN 2026-02-28 AND +30d AND birthday_day = 29
> Draft: 1 of 3 people
$ tidemark segment check "customer_countries CONTAINS 'Germany' AND orders_placed(country: 'DEU', count: 2)" --workspace shop
~ ^Draft: 1 of 3 people$
$ tidemark segment check "customer_countries NOT CONTAINS 'DE' OR orders_placed(country NOT IN ('DE', 'France'))" --workspace shop
~ ^Draft: 2 of 3 people$
