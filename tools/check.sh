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

# Adds the tests of a meson run to the counts; shows what failed.
run_tests() {
    local dir=$1 title=$2
    shift 2
    echo "== $title"
    meson test -C "$dir" --no-rebuild --print-errorlogs "$@" >"$dir/check.log" 2>&1
    grep -E '^ *[0-9]+/[0-9]+ ' "$dir/check.log" | grep -vE ' (OK|SKIP) ' || true
    grep -E '^(not ok|# )' "$dir/check.log" | head -60 || true
    local ok bad
    ok=$(sed -nE 's/^Ok: +([0-9]+).*/\1/p' "$dir/check.log")
    bad=$(sed -nE 's/^(Fail|Timeout|Unexpected Pass): +([0-9]+).*/\2/p' "$dir/check.log" |
        awk '{n += $1} END {print n + 0}')
    if [ -z "$ok" ]; then
        tail -20 "$dir/check.log"
        failed=$((failed + 1))
        return
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

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
