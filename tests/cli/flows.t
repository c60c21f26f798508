# Flows: checked with all their mistakes, kept by name.
= cart.yaml
| name: Cart left
| about: Reminds of a cart
| start:
|   event: Product Added
|   where: segment('Buyers')
| holdout: 10
| steps:
|   - {name: hours, wait: 4 hours}
|   - {name: best, if: number_of_orders > 3, then: ring, else: mail}
|   - {name: ring, ask: Ring the customer, due: 2 days, next: end}
|   - {name: mail, send: cart-1, channel: email}
= bad.yaml
| name: Cart
| again: soon
| start: {event: cart_add}
| steps:
|   - {name: a, send: m, channel: email}
|   - {name: b, wait: 1 day, next: a}
= enters.yaml
| name: Win back
| start: {enters: At risk}
| steps:
|   - {name: a, send: m, channel: email}
= tells.yaml
| name: Told
| start: {event: order_paid}
| again: always
| steps:
|   - {name: crm, webhook: https://crm.example/hooks/paid}
|   - {name: thanks, send: thanks-1, channels: [sms, email]}
= plain.yaml
| name: Told
| start: {event: order_paid}
| steps:
|   - {name: crm, webhook: http://crm.example/hooks/paid}
$ tidemark flow check tells.yaml
~ 1  crm: tells https://crm.example/hooks/paid
~ 2  thanks: sends "thanks-1" by the first of these that reaches: sms, email
$ tidemark flow check plain.yaml
! plain.yaml:4: steps.*webhook: .* it must begin with https:
? 65
$ tidemark flow check cart.yaml
> Cart left
>   Reminds of a cart
>   starts with the event "cart_add"
>   10 % of people get nothing, to measure what it brings
>    1  hours: waits 4 hours
>    2  best: asks: number_of_orders > 3
>       yes -> ring
>       no -> mail
>    3  ring: asks the team, within 2 days: Ring the customer
>       then -> end
>    4  mail: sends "cart-1" by email
$ tidemark flow check cart.yaml --json
~ "due_seconds": 172800
~ "else": "mail"
$ tidemark flow check bad.yaml
! bad.yaml:2: again: "soon" is no length of time
! bad.yaml:5: steps: the steps go round in a circle: a > b > a
? 65
$ tidemark flow check nothing.yaml
! nothing.yaml
? 66
$ tidemark flow starters
~ win_back: Win back
~ second_order: The second order
$ tidemark flow starters cart >mine.yaml
$ tidemark flow check mine.yaml | head -1
> Cart left
$ tidemark flow starters goose
! there is no starter "goose"
? 66
$ tidemark init shop --currency EUR
$ tidemark flow list --workspace shop
> There are no flows yet: "tidemark flow starters" shows some to begin with.
$ tidemark flow check cart.yaml --workspace shop
! there is no segment "Buyers"
? 66
$ tidemark segment set Buyers 'number_of_orders > 0' --workspace shop
> The segment "Buyers" is kept.
$ tidemark flow set cart.yaml --workspace shop
> The flow "Cart left" is kept.
$ tidemark flow set enters.yaml --workspace shop
! there is no segment "At risk"
? 66
$ tidemark flow set cart.yaml --workspace shop --json
~ "id": 2
$ tidemark flow list --workspace shop
> Cart left (off)
>   Reminds of a cart
$ tidemark flow on 'Cart left' --workspace shop
> The flow "Cart left" is on.
$ tidemark flow list --workspace shop
> Cart left (on)
>   Reminds of a cart
$ tidemark flow show 'Cart left' --workspace shop
~   switched: on
~   started: 0, on the way: 0, reached the goal: 0, held out: 0
$ tidemark flow show 'Cart left' --workspace shop --json
~ "state": "on"
~ "messages": {
# Another that would tell the same after the same is not switched on beside it.
$ tidemark flow starters cart_soon >soon.yaml; tidemark flow set soon.yaml --workspace shop
> The flow "Cart left, soon" is kept.
$ tidemark flow on 'Cart left, soon' --workspace shop
! the flow "Cart left" is on, starts by "cart_add" and sends "cart-1", too
! Switch that one off first
? 73
$ tidemark flow remove 'Cart left, soon' --workspace shop >/dev/null
$ tidemark flow off 'Cart left' --workspace shop
> The flow "Cart left" is off. Who is on the way goes on to the end.
$ tidemark flow off 'Cart left' --stop --workspace shop
> The flow "Cart left" is off, and nobody is on the way any more.
$ tidemark flow list --workspace shop
> Cart left (stopped)
>   Reminds of a cart
= unwritten.yaml
| name: Unwritten
| start: {event: cart_add}
| steps:
|   - {name: a, send: never-written, channel: email}
$ tidemark flow set unwritten.yaml --workspace shop
> The flow "Unwritten" is kept.
$ tidemark flow on Unwritten --workspace shop
! there is no message "never-written"
? 66
= mute.yaml
| name: never-written
| text: "{{ 'hello' | t }}"
| languages:
|   en: {hello: "Hello. Reply STOP to end."}
|   th: {hello: "..."}
$ tidemark message set mute.yaml --workspace shop
> The message "never-written" is kept.
$ tidemark flow on Unwritten --workspace shop
! "never-written" may not be sent as marketing
? 65
$ tidemark flow remove Unwritten --workspace shop
> The flow "Unwritten" is gone.
$ tidemark flow text 'cart LEFT' --workspace shop | head -1
> name: Cart left
$ tidemark flow show 2 --workspace shop | head -1
> Cart left
$ tidemark flow remove 'Cart left' --workspace shop
> The flow "Cart left" is gone.
$ tidemark flow show 'Cart left' --workspace shop
! there is no such flow
? 66
$ tidemark flow
! say what to do
? 64
$ tidemark flow list
! name the workspace
? 64
$ tidemark tasks --workspace shop
> There is nothing to do.
$ tidemark tasks done 7 --workspace shop
! there is no task 7
? 66
$ tidemark tasks done seven --workspace shop
! name the task's number
? 64
$ tidemark tasks --workspace shop --json
> []
