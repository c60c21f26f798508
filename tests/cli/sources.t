# Write keys of sites and apps that send live data.
$ tidemark init shop
$ tidemark sources --workspace shop
> Nobody may send live data yet.
$ tidemark sources list --workspace shop --json | grep -E '"(sources|errors|strangers)"'
>   "sources": [],
>   "errors": [],
>   "strangers": []
$ tidemark sources add --workspace shop
? 64
$ tidemark sources add --workspace shop --name Site --protocol telegraph
? 64
$ tidemark sources add --workspace shop --name Site | grep -cE '^  1  [a-z2-9]{32}  Site$'
> 1
$ tidemark sources add --workspace shop --name App --ledger --json | grep -E '^  "(id|ledger|accepted|stored|in_journal|in_engine|last_at|state)"'
>   "id": 2,
>   "ledger": true,
>   "accepted": 0,
>   "stored": 0,
>   "in_journal": 0,
>   "in_engine": 0,
>   "last_at": null,
>   "state": "waiting",
$ tidemark sources --workspace shop | grep -c 'accepted: 0; stored: 0, repeated: 0, refused: 0'
> 2
$ tidemark sources duties --workspace shop
> No shop has told of a request by law.
$ tidemark sources refused 1 --workspace shop
> Nothing of it was refused.
$ tidemark sources revoke 1 --workspace shop | grep -c 'Site  (revoked)'
> 1
$ tidemark sources revoke 1 --workspace shop
? 66
$ tidemark sources revoke all --workspace shop
? 64
$ tidemark sources refused 9 --workspace shop
? 66
$ tidemark sources add --workspace shop --name Shop --protocol shopify
? 64
$ printf 'hush\n' >secret
$ tidemark sources add --workspace shop --name Shop --protocol shopify --secret-file secret | grep -cE '^  3  [a-z2-9]{32}  Shop$'
> 1
$ printf 'new\nhush\n' | tidemark sources secret 3 --workspace shop --secret-file - | grep -c Shop
> 1
$ tidemark sources secret 2 --workspace shop --secret-file secret
? 64
$ tidemark sources secret 3 --workspace shop --secret-file none
? 66
$ grep -rc hush shop | grep -v ':0$'
? 1
$ tidemark sources praise --workspace shop
? 64
