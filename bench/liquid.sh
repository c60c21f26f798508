#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# A cart message rendered here and by liquidjs, beside each other: liquid.sh BENCH-LIQUID. Both must
# give the same bytes. How fast is for people to judge; SHORT=1 only holds it to be faster.
set -eu
program=$(realpath "$1")
cd "$(dirname "$0")"
seconds=5
[ -z "${SHORT:-}" ] || seconds=1
template=$PWD/liquid/cart.html data=$PWD/liquid/cart.json
echo "messages a second, bytes, processor microseconds a message"
one=$("$program" "$template" "$data" "$seconds" 1)
two=$("$program" "$template" "$data" "$seconds" 2)
echo "one thread    $one"
echo "two threads   $two"
cd ../tests/clients
if [ ! -d node_modules/liquidjs ]; then
    echo "liquidjs is not installed: tests/clients/run.sh does it"
    exit 0
fi
ours=$("$program" "$template" "$data" 0 1 | sha256sum)
theirs=$(node liquid_bench.mjs "$template" "$data" 0 | sha256sum)
[ "$ours" = "$theirs" ] || { echo "the two messages differ"; exit 1; }
js=$(node liquid_bench.mjs "$template" "$data" "$seconds")
echo "liquidjs      $js"
echo "$one $js" | awk '{printf "processor time: %.0f times less\n", $6 / $3; exit $6 / $3 < 5}'
