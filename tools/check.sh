#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# All proofs: check.sh BUILD [long]. Runs the tests of the build, then builds with the other
# compiler and with sanitizers and tests those, then the linters. Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/.."
build=$1
form=${2:-short}
[ "$form" = long ] && export TIDEMARK_TEST_LONG=1
passed=0
failed=0
problems=()
shaky=()

# The tests of the last meson run of a build that did not pass, a line each, as meson names them.
not_passed() {
    python3 - "$1/meson-logs/testlog.json" <<'PY'
import json
import sys

with open(sys.argv[1], encoding="utf-8") as log:
    for line in log:
        test = json.loads(line)
        if test["result"] not in ("OK", "SKIP", "EXPECTEDFAIL"):
            print(test["name"].split(" / ", 1)[-1])
PY
}

# What failed is run once more, one test at a time: a test that a busy machine was too slow for
# passes then and is told as shaky; a fault fails again.
run_again() {
    local dir=$1 title=$2 name
    shift 2
    local names
    mapfile -t names < <(not_passed "$dir")
    if [ "${#names[@]}" -eq 0 ]; then
        problems+=("$title: its log does not tell what failed")
    elif [ "${#names[@]}" -gt 10 ]; then
        problems+=("${names[@]/#/$title: }")
        return
    fi
    for name in "${names[@]}"; do
        if meson test -C "$dir" --no-rebuild --print-errorlogs --num-processes 1 "$@" "$name" \
            >"$dir/again.log" 2>&1; then
            echo "   shaky: $name passed when it was run again"
            shaky+=("$title: $name")
        else
            grep -E '^(not ok|# )' "$dir/again.log" | head -20
            problems+=("$title: $name")
        fi
    done
}

# Adds the tests of a meson run to the counts; shows what failed. run_tests BUILD TITLE
# [--suite NAME] [OPTION...]
run_tests() {
    local dir=$1 title=$2 of=()
    shift 2
    [ "${1:-}" = --suite ] && of=("$1" "$2") && shift 2
    echo "== $title"
    meson test -C "$dir" --no-rebuild --print-errorlogs "${of[@]}" "$@" >"$dir/check.log" 2>&1
    grep -E '^ *[0-9]+/[0-9]+ ' "$dir/check.log" | grep -vE ' (OK|SKIP) ' || true
    grep -E '^(not ok|# )' "$dir/check.log" | head -60 || true
    local ok bad before=${#problems[@]} shaky_before=${#shaky[@]}
    ok=$(sed -nE 's/^Ok: +([0-9]+).*/\1/p' "$dir/check.log")
    bad=$(sed -nE 's/^(Fail|Timeout|Unexpected Pass): +([0-9]+).*/\2/p' "$dir/check.log" |
        awk '{n += $1} END {print n + 0}')
    if [ -z "$ok" ]; then
        tail -20 "$dir/check.log"
        failed=$((failed + 1))
        problems+=("$title: the tests did not run")
        return
    fi
    if [ "$bad" -gt 0 ]; then
        run_again "$dir" "$title" "$@"
        ok=$((ok + ${#shaky[@]} - shaky_before))
        bad=$((${#problems[@]} - before))
    fi
    echo "   $ok passed, $bad failed"
    passed=$((passed + ok))
    failed=$((failed + bad))
}

# Counts one thing that succeeds or not.
run_step() {
    local title=$1
    shift
    echo "== $title"
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        problems+=("$title")
        echo "   FAILED: $title"
    fi
}

build_with() {
    local dir=$1
    shift
    [ -f "$dir/build.ninja" ] || meson setup "$dir" "$@" >"$dir.setup.log" 2>&1 || {
        tail -20 "$dir.setup.log"
        return 1
    }
    ninja -C "$dir" --quiet >"$dir.build.log" 2>&1 || {
        grep -E 'error|warning|FAILED' -A4 "$dir.build.log" | head -40
        return 1
    }
}

run_tests "$build" "gcc: all tests"
run_step "clang builds without warnings" env CC=clang CXX=clang++ bash -c "$(declare -f build_with); build_with $build-clang"
run_step "the sanitizers' build" bash -c "$(declare -f build_with); build_with $build-asan -Db_sanitize=address,undefined -Db_lundef=false -Dcpp_debugstl=false"
[ -f "$build-asan/build.ninja" ] && ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 \
    UBSAN_OPTIONS=print_stacktrace=1 run_tests "$build-asan" "address and undefined behaviour sanitizers" --suite unit --timeout-multiplier 6
run_step "formatting" tools/lint.sh format
run_step "cppcheck" tools/lint.sh cppcheck
if [ "$form" = long ]; then
    run_step "clang-tidy" tools/lint.sh tidy "$build-clang"
    run_step "fuzzing, ten minutes a parser" tools/fuzz.sh 600
else
    # A fixed seed: a change is judged by what it does, not by luck. The search is the long form's.
    run_step "fuzzing, ten seconds a parser" env TIDEMARK_FUZZ_SEED=1 tools/fuzz.sh 10
fi

[ "${#shaky[@]}" -eq 0 ] || printf 'shaky: %s\n' "${shaky[@]}"
[ "${#problems[@]}" -eq 0 ] || printf 'failed: %s\n' "${problems[@]}"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
