# Answers that came with the exports, or by --answers, stay with the workspace.
$ mkdir shop
= shop/orders.csv
| order_id,ordered_at,total,currency,email,status
| 1,2026-06-10 10:00:00,10.00,EUR,ann@example.com,paid
= shop/answers.yaml
| facts:
|   currency: EUR
|   time_zone: Asia/Bangkok
|   margin: 40 %
| answers:
|   ORG-2:
|     answer: 3
$ tidemark init w > /dev/null && tidemark assess -w w shop | head -1
~ shop
$ cat w/tidemark.yaml
~ time_zone: "Asia/Bangkok"
~ margin: 0.4
$ grep -A60 'ORG-2' w/answers.yaml | grep -m1 'answer:'
~ 3
$ grep -c 'margin: 40' w/answers.yaml
> 0
? 1
$ tidemark assess -w w --json | grep -A20 '"id": "ORG-2"' | grep '"claimed"'
~ 3
# The same file again is no news; another one beside the exports does not take their place.
$ tidemark assess -w w shop > /dev/null
? 0
$ sed -i 's/answer: 3/answer: 1/' shop/answers.yaml && tidemark assess -w w shop > /dev/null
! is not used: the workspace keeps answers of its own
$ tidemark assess -w w --answers shop/answers.yaml > /dev/null && grep -A60 'ORG-2' w/answers.yaml | grep -m1 'answer:'
~ 1
