# What a shop sees that has nothing but its invoices: a mark, much that is unknown, what to connect.
$ test -d "$DATA/online-retail" || { echo "skipped: the folder of data sets is not there"; exit 0; }; mkdir o && cp "$DATA"/online-retail/online_retail.csv.xz o/ && tidemark assess o --mapping "$EXAMPLES"/online-retail.mapping.yaml --json > o.json && tidemark assess o --mapping "$EXAMPLES"/online-retail.mapping.yaml
~ (Stage 1|skipped)
~ (% of what the model looks at is known|skipped)
~ (What to connect next|skipped)
$ test -f o.json || { echo "skipped"; exit 0; }; python3 -c "import json; a = json.load(open('o.json')); p = a['practices']; print(sum(x['state'] == 'UNKNOWN' for x in p) * 2 > len(p), len(a['connections']) > 0)"
~ (True True|skipped)
