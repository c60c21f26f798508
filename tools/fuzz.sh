#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# fuzz.sh SECONDS: runs every fuzz target for that long, each from its seeds in tests/fuzz/corpus.
# What makes one fail is kept in build-fuzz/found/, to be mended and added to its seeds.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=$1
dir=build-fuzz
[ -f $dir/build.ninja ] || CC=clang CXX=clang++ meson setup $dir -Dfuzz=true \
    -Db_sanitize=address,undefined -Db_lundef=false >$dir.setup.log 2>&1 || { tail -20 $dir.setup.log; exit 1; }
ninja -C $dir --quiet >$dir.build.log 2>&1 || { tail -30 $dir.build.log; exit 1; }
mkdir -p $dir/found
status=0
for target in "$dir"/tests/fuzz/fuzz_*; do
    case $target in *_replay) continue ;; esac
    [ -x "$target" ] && [ -f "$target" ] || continue
    name=$(basename "$target")
    new=$(mktemp -d)
    if ! "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -artifact_prefix="$dir/found/$name-" \
        -verbosity=0 -print_final_stats=1 "$new" "tests/fuzz/corpus/${name#fuzz_}" >"$dir/$name.log" 2>&1; then
        tail -30 "$dir/$name.log"
        status=1
    fi
    echo "   $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$dir/$name.log") runs"
    rm -rf "$new"
done
exit $status
