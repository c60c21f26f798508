#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# fuzz.sh SECONDS [TARGET...]: runs the fuzz targets named, or all, for that much processor time
# each, from their seeds in tests/fuzz/corpus and the words in tests/fuzz/dict. What makes one fail
# is kept in build-fuzz/found/, to be mended and added to its seeds. With TIDEMARK_FUZZ_SEED set
# the same inputs come in the same order each time. A target that mostly sleeps ends after twenty
# times as long by the clock.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
shift
dir=build-fuzz
[ -f $dir/build.ninja ] || CC=clang CXX=clang++ meson setup $dir -Dfuzz=true \
    -Db_sanitize=address,undefined -Db_lundef=false >$dir.setup.log 2>&1 || { tail -20 $dir.setup.log; exit 1; }
[ $# -gt 0 ] || set -- $(cd tests/fuzz/corpus && ls)
ninja -C $dir --quiet $(printf "tests/fuzz/fuzz_%s " "$@") >$dir.build.log 2>&1 || { tail -30 $dir.build.log; exit 1; }
mkdir -p $dir/found
status=0

# Processor time of a process, in seconds; nothing once it has ended.
cpu_seconds() {
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk -v tick="$(getconf CLK_TCK)" '{print int(($12 + $13) / tick)}'
}

run() {
    local name=$1 new=$2 options=() pid used begun=$SECONDS
    [ -z "${TIDEMARK_FUZZ_SEED:-}" ] || options+=("-seed=$TIDEMARK_FUZZ_SEED")
    [ ! -f "tests/fuzz/dict/$name" ] || options+=("-dict=tests/fuzz/dict/$name")
    "$dir/tests/fuzz/fuzz_$name" -timeout=20 -rss_limit_mb=2048 -artifact_prefix="$dir/found/$name-" \
        -verbosity=1 -print_final_stats=1 "${options[@]}" "$new" "tests/fuzz/corpus/$name" >"$dir/$name.log" 2>&1 &
    pid=$!
    while used=$(cpu_seconds $pid) && [ -n "$used" ]; do
        [ "$used" -lt "$seconds" ] && [ $((SECONDS - begun)) -lt $((20 * seconds)) ] || kill -USR1 $pid 2>/dev/null || true
        sleep 1
    done
    wait $pid
}

for name; do
    new=$(mktemp -d)
    if ! run "$name" "$new"; then
        tail -30 "$dir/$name.log"
        status=1
    fi
    echo "   $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/$name.log") runs," \
        "$(grep -oE 'cov: [0-9]+' "$dir/$name.log" | tail -1 | cut -c6-) edges"
    rm -rf "$new"
done
exit $status
