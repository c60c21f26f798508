# Consent: what each export says is kept once, and nothing but a newer subscription lifts a withdrawal.
$ tidemark init shop --currency EUR --time-zone Europe/Berlin
= events.csv
| event,occurred_at,email,phone,channel,method,proof
| consent_granted,2026-01-05T10:00:00Z,ann@example.com,,email,form,Newsletter
| consent_withdrawn,2026-02-05T10:00:00Z,ann@example.com,,email,link,
| message_complained,2026-02-06T10:00:00Z,ben@example.com,,email,,
| consent_withdrawn,2026-02-07T10:00:00Z,,+66812345678,sms,keyword,
| consent_granted,2026-02-07T10:00:00Z,dee@example.com,,email,form,Newsletter
$ tidemark import --workspace shop events.csv
$ tidemark consent show Ann@Example.com --workspace shop
> 2026-01-05T10:00:00Z  email  granted  tidemark  form  Newsletter
> 2026-02-05T10:00:00Z  email  withdrawn  tidemark  link
> 2026-02-05T10:00:00Z  must not be written to: email, unsubscribed
$ tidemark suppression check ann@example.com --channel email --workspace shop
> This address must not be written to: unsubscribed.
$ tidemark suppression check ben@example.com --channel email --workspace shop
> This address must not be written to: complained.
$ tidemark suppression check '+66 81 234 5678' --channel sms --workspace shop
> This address must not be written to: unsubscribed.
$ tidemark suppression check dee@example.com --channel email --workspace shop
> Nothing stands against writing to this address.
# Every importer that tells consent: the same person is granted again, older, undated or without
# evidence.
= shopify.csv
| Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags
| 1001,Ann,Bell,ann@example.com,yes,,,,Millport,MP,TH,45678,,,no,0,0,,no,
| 1002,Cat,Dean,cat@example.com,yes,,,,Millport,MP,TH,45678,,+66812345678,yes,0,0,,no,
= klaviyo.csv
| Email,Klaviyo ID,First Name,Last Name,Source,Email Marketing Consent,Date Added
| ann@example.com,K1,Ann,Bell,Migration,SUBSCRIBED,2026-06-01 10:00:00
= mailchimp.csv
| Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LAST_CHANGED,LEID,EUID
| ann@example.com,Ann,Bell,2,"2025-01-01 00:00:00",192.0.2.77,"2025-01-01 00:00:00",192.0.2.77,"2026-07-01 00:00:00",1,abc
| ann2@example.com,Ann,Bell,2,"2026-07-01 00:00:00",,"2026-07-01 00:00:00",,"2026-07-01 00:00:00",2,abd
= again.csv
| event,occurred_at,email,phone,channel,method,proof
| consent_granted,2026-01-20T10:00:00Z,ann@example.com,,email,form,Newsletter
| consent_granted,2026-08-20T10:00:00Z,ann@example.com,,email,,
| consent_granted,2026-08-20T10:00:00Z,ann@example.com,,email,import,
| consent_pending,2026-08-21T10:00:00Z,ann@example.com,,email,form,Newsletter
= list.mapping.yaml
| name: list
| title: A list
| source: list
| columns: [mail, allowed]
| records:
|   - kind: consent
|     fields:
|       - {field: email, column: mail}
|       - {field: channel, value: email}
|       - {field: state, value: granted}
= list.csv
| mail,allowed
| ann@example.com,yes
| ben@example.com,yes
$ for f in shopify klaviyo mailchimp again; do tidemark import --workspace shop $f.csv >/dev/null || echo $f fails; tidemark suppression check ann@example.com --channel email --workspace shop; tidemark suppression check ben@example.com --channel email --workspace shop; tidemark suppression check +66812345678 --channel sms --workspace shop; done | sort | uniq -c | sed 's/^ *//'
> 4 This address must not be written to: complained.
> 8 This address must not be written to: unsubscribed.
$ tidemark import --workspace shop --mapping list.mapping.yaml list.csv >/dev/null; tidemark suppression check ann@example.com --channel email --workspace shop
> This address must not be written to: unsubscribed.
# The address that a proof is from is cut short.
$ tidemark consent show ann@example.com --workspace shop --json | grep '"ip": "1'
>       "ip": "192.0.2.0",
# The same again changes nothing: the file, a copy of it, and the ledger made from all of them anew.
$ tidemark consent export --workspace shop > before; sed 's/$/ /' events.csv > copy.csv; tidemark import --workspace shop events.csv copy.csv >/dev/null; tidemark consent export --workspace shop > after; cmp before after && grep -c '"number"' after
> 17
$ rm -r shop/engine; tidemark doctor --workspace shop --rebuild >told; grep -o 'ledger of consent holds 17 entries' told
> ledger of consent holds 17 entries
$ tidemark consent export --workspace shop | cmp before -
$ tidemark suppression check ann@example.com --channel email --workspace shop
> This address must not be written to: unsubscribed.
# One person with two addresses: what stands for one stands for both, also when they are parted.
$ tidemark suppression check ann2@example.com --channel email --workspace shop
> Nothing stands against writing to this address.
= orders.csv
| order_id,ordered_at,total,currency,email,status
| 1,2026-01-05 10:00:00,20.00,EUR,ann@example.com,paid
| 2,2026-02-05 10:00:00,30.00,EUR,ann2@example.com,paid
$ tidemark import --workspace shop orders.csv >/dev/null; tidemark show customers --workspace shop --csv | grep -oE '^[0-9]+' > pair; wc -l < pair
> 2
$ tidemark people same $(cat pair) --workspace shop >/dev/null; tidemark show customers --workspace shop >/dev/null
$ tidemark suppression check ann2@example.com --channel email --workspace shop
> This address must not be written to: unsubscribed.
$ tidemark people undo 1 --workspace shop >/dev/null; tidemark people apart $(cat pair) --workspace shop >/dev/null; tidemark show customers --workspace shop >/dev/null
$ tidemark suppression check ann2@example.com --channel email --workspace shop; tidemark suppression check ann@example.com --channel email --workspace shop
> This address must not be written to: unsubscribed.
> This address must not be written to: unsubscribed.
# By hand, and lifted by a newer word with its proof alone.
$ tidemark suppression add dee@example.com --workspace shop
> Kept: this address is not written to any more.
$ tidemark suppression check dee@example.com --channel push --workspace shop
> This address must not be written to: by hand.
$ tidemark consent add dee@example.com --channel email --state granted --workspace shop
! say what proves it
? 65
$ tidemark consent add dee@example.com --channel email --state granted --proof "Letter of 3 May" --workspace shop | grep -c "by hand  Letter of 3 May"
> 1
$ tidemark suppression check dee@example.com --channel email --workspace shop
> Nothing stands against writing to this address.
= new.csv
| event,occurred_at,email,phone,channel,method,proof
| consent_granted,2026-09-20T10:00:00Z,ann@example.com,,email,double opt-in,Newsletter
$ tidemark import --workspace shop new.csv >/dev/null; tidemark suppression check ann@example.com --channel email --workspace shop
> Nothing stands against writing to this address.
$ tidemark suppression list --workspace shop
~ email  complained
~ sms  unsubscribed
$ tidemark suppression list --workspace shop --json
~ "reason": "complaint"
# What cannot be.
$ tidemark suppression check nobody --channel email --workspace shop
! is no address that email reaches
? 65
$ tidemark suppression add ann@example.com --channel pigeon --workspace shop
? 65
$ tidemark consent --workspace shop
! say what to do
? 64
$ tidemark consent show --workspace shop
? 64
$ tidemark consent show nobody@example.com --workspace shop
> Nothing is known of this address.
# Tampering is found by verify and by the doctor.
$ tidemark consent verify --workspace shop
~ The ledger holds 19 entries
$ python3 -c "import sqlite3; d = sqlite3.connect('shop/consent.db'); d.execute('UPDATE entry SET state = (state + 1) % 3 WHERE seq = 2'); d.commit()"
$ tidemark consent verify --workspace shop
! entry 2 of the ledger of consent is not as it was written
? 74
$ tidemark doctor --workspace shop
~ wrong: Entry 2 of the ledger of consent is not as it was written
? 74
# A lost key is told, and not made anew.
$ rm shop/pseudonym.key; tidemark suppression list --workspace shop
! pseudonym.key" is missing
? 74
