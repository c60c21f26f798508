# Public data sets, through the mapping files in examples/.
$ test -d "$DATA/online-retail" || { echo "the data folder is absent: skipped"; exit 0; }; mkdir o && cp "$DATA"/online-retail/online_retail.csv.xz o/ && tidemark assess o --mapping "$EXAMPLES"/online-retail.yaml --json > o.json; tidemark init w >/dev/null && tidemark import -w w --mapping "$EXAMPLES"/online-retail.yaml o
~ (rows read 541,909|skipped)
