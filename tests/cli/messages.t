# Messages: checked, and seen as a reader gets them.
= hello.yaml
| name: hello
| subject: "{{ 'subject' | t: name: person.first_name }}"
| html: |
|   {% render 'top' %}<p>{{ 'body' | t }}</p>{% render 'end' %}
| languages:
|   en: {subject: "Hello {{ name }}", body: Good day}
|   th: {subject: "สวัสดี คุณ {{ name }}", body: วันดี}
= data.json
| {"person": {"first_name": "Ann"}, "shop": {"name": "Blue Door", "url": "https://shop.example.com/"}}
= bad.yaml
| name: bad
| subject: s
| html: "{{ a | nofilter }}"
$ tidemark message check hello.yaml
> hello.yaml is in order.
> It asks for: person, shop
$ tidemark message render hello.yaml --data data.json --part subject --language th-TH
> สวัสดี คุณ Ann
$ tidemark message render hello.yaml --data data.json --language de --part text
~ Good day
$ tidemark message render hello.yaml --data data.json --json
~ "subject": "Hello Ann"
~ "language": "en"
$ tidemark message check bad.yaml
! nofilter
? 65
$ tidemark message render hello.yaml --part picture
! --part must be subject, preheader, html, text or short
? 64
$ tidemark message check nothing.yaml
! nothing.yaml
? 66
$ tidemark message starters
~ cart-1
$ tidemark message starters win-back-1 >win.yaml
$ tidemark message render win.yaml --data data.json --part short --language th
~ ตอบ STOP เพื่อหยุด
$ tidemark message check win.yaml
> win.yaml is in order.
> It asks for: shop, person, products
$ tidemark message starters goose
! there is no starter "goose"
? 66
$ tidemark message
! say what to do
? 64
# Kept by name: the text's own; a kept one stands before the starter of its name.
$ tidemark init shop --currency EUR
~ shop
$ tidemark message list --workspace shop
~ There are no messages yet
$ tidemark message set hello.yaml --workspace shop
> The message "hello" is kept.
$ tidemark message set bad.yaml --workspace shop
! nofilter
? 65
$ tidemark message list --workspace shop
> hello
$ tidemark message render hello --workspace shop --part subject
> Hello Ann
$ tidemark message render cart-1 --workspace shop --part text --language th
~ ตะกร้า
= cart.yaml
| name: Cart-1
| subject: Ours
| text: Ours
$ tidemark message set cart.yaml --workspace shop
> The message "Cart-1" is kept.
$ tidemark message render cart-1 --workspace shop --part subject
> Ours
$ tidemark message text cart-1 --workspace shop
~ name: Cart-1
$ tidemark message remove cart-1 --workspace shop
> The message "Cart-1" is gone.
$ tidemark message show hello --workspace shop
~ the shop has no postal address
$ tidemark message show goose --workspace shop
! there is no message "goose"
? 66
$ tidemark message render hello.yaml --person ann@example.com
! name the workspace with --workspace DIR
? 64
$ tidemark message render hello --workspace shop --person nobody@example.com
! nobody
? 66
= half.yaml
| name: half
| subject: "{{ 'subject' | t }}"
| html: "{% render 'top' %}{{ 'body' | t }}{% render 'end' %}"
| languages:
|   en: {subject: Hello, body: Good day, more: "And more"}
|   th: {subject: สวัสดี, body: วันดี}
$ tidemark message check half.yaml
~ th: "more" is not translated
= open.yaml
| name: open
| subject: s
| html: "<p>Hello</p>"
$ tidemark message check open.yaml --json
~ "blocks": true
