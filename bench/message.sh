#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# The cart message to begin with, composed whole and its HTML alone, beside liquidjs's HTML of the same
# bytes: message.sh BENCH-MESSAGE. How fast is for people to judge; SHORT=1 only holds it to be faster.
set -eu
program=$(realpath "$1")
cd "$(dirname "$0")"
seconds=5
[ -z "${SHORT:-}" ] || seconds=1
data=$PWD/liquid/message.json
echo "messages a second, bytes, processor microseconds a message"
for what in whole html; do
    for threads in 1 2; do
        one=$("$program" cart-1 "$data" "$seconds" "$threads" "$what")
        echo "$what, threads: $threads  $one"
    done
done
cd ../tests/clients
if [ ! -d node_modules/liquidjs ]; then
    echo "liquidjs is not installed: tests/clients/run.sh does it"
    exit 0
fi
source=$(mktemp)
trap 'rm -f "$source"' EXIT
"$program" cart-1 "$data" 0 1 source >"$source"
ours=$("$program" cart-1 "$data" 0 1 html | sha256sum)
theirs=$(node message_bench.mjs "$source" "$data" 0 | sha256sum)
[ "$ours" = "$theirs" ] || { echo "the two messages differ"; exit 1; }
js=$(node message_bench.mjs "$source" "$data" "$seconds")
echo "liquidjs, html  $js"
echo "$one $js" | awk '{printf "processor time: %.0f times less\n", $6 / $3; exit $6 / $3 < 5}'
