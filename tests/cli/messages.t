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
! --part must be subject, preheader, html or text
? 64
$ tidemark message check nothing.yaml
! nothing.yaml
? 66
$ tidemark message starters
~ cart-1
$ tidemark message starters win-back-1 >win.yaml
$ tidemark message check win.yaml
> win.yaml is in order.
> It asks for: shop, person, products
$ tidemark message starters goose
! there is no starter "goose"
? 66
$ tidemark message
! say what to do
? 64
