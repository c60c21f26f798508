#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# lint.sh [format|cppcheck|tidy BUILD]: all of them unless one is named.
set -uo pipefail
cd "$(dirname "$0")/.."

sources() {
    find src node tests bench -name '*.c' -o -name '*.h' | grep -v node_modules | sort
}

check_format() {
    sources | xargs clang-format --dry-run -Werror 2>&1 | head -20
    return "${PIPESTATUS[1]}"
}

check_cppcheck() {
    # normalCheckLevelMaxBranches is no finding. What it gets wrong is suppressed in its place, with
    # the reason.
    cppcheck --quiet --std=c11 --language=c --enable=warning,portability --inline-suppr \
        --suppress=normalCheckLevelMaxBranches --error-exitcode=1 -j 2 -I src \
        $(find src node -name '*.c' | grep -v node_modules)
}

check_tidy() {
    find src -name '*.c' | xargs -P 2 -n 4 clang-tidy -p "$1" --quiet 2>/dev/null | grep -E 'warning:|error:' | head -40
    [ "${PIPESTATUS[2]}" -ne 0 ]
}

case ${1:-all} in
format) check_format ;;
cppcheck) check_cppcheck ;;
tidy) check_tidy "${2:-build-clang}" ;;
all) check_format && check_cppcheck ;;
esac
