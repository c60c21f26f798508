# Sending before anything is sent: what is set up, and what is wrong with it. Nothing leaves this machine.
$ tidemark init shop --currency EUR
$ tidemark send check --offline --workspace shop
> wrong  settings: tidemark.yaml has no section "sending"
! sending does not work as it is set up
? 65
$ tidemark send status --workspace shop
> Nothing is sent: tidemark.yaml has no section "sending".
= shop/more.yaml
| sending:
|   marketing: {name: Blue Hat, address: news@shop.example}
|   postal_address: "Blue Hat, 1 High Street"
|   smtp: {host: 127.0.0.1, port: 1, tls: off}
|   dkim: {key_file: dkim.pem, domain: shop.example, selector: s1}
$ cat shop/more.yaml >>shop/tidemark.yaml; tidemark send check --offline --workspace shop | cut -c1-40
> ok     settings
> wrong  dkim: could not open "shop/dkim.p
> wrong  server: could not open "shop/dkim
$ openssl genpkey -algorithm ed25519 -out shop/dkim.pem; tidemark send check --offline --workspace shop | cut -c1-62
> ok     settings
> ok     dkim: s1._domainkey.shop.example TXT "v=DKIM1; k=ed2551
> wrong  server: Couldn't connect to server
$ tidemark send check --offline --json --workspace shop | tr -d ' \n' | cut -c1-52
> [{"name":"settings","good":true,"text":""},{"name":"
$ tidemark send arm --workspace shop >/dev/null; tidemark send status --workspace shop | head -1
> Sending is on, while a server runs.
$ tidemark send stop --workspace shop >/dev/null; tidemark send status --workspace shop | head -1
> Nothing is sent: it was stopped by hand (tidemark send start).
$ tidemark send test nobody --message cart-1 --workspace shop
! all sending is stopped
? 77
# What a system checks webhooks with: the same each time, another one for each address.
$ tidemark send secret https://crm.example/in --workspace shop >first; cat first
~ ^whsec_[A-Za-z0-9+/]{43}=$
$ tidemark send secret https://crm.example/in --workspace shop | cmp - first && echo same
> same
$ tidemark send secret https://crm.example/other --workspace shop | cmp -s - first || echo another
> another
$ tidemark send secret https://crm.example/in --json --workspace shop
~ "secret": "whsec_
$ tidemark send secret http://crm.example/in --workspace shop
! must begin with https://
? 65
$ tidemark send secret --workspace shop
! say of which address
? 64
$ tidemark send fax --workspace shop
! say what to do: status, stop, start, arm, test, check, secret
? 64
