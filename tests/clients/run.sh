#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# run.sh TEST.mjs PROGRAM: with the packages that package-lock.json names, installed when they are
# not there yet; skipped where they cannot be had. Prints TAP.
set -eu
program=$(realpath "$2")
cd "$(dirname "$0")"
stamp=node_modules/.installed
if ! cmp -s package-lock.json "$stamp"; then
    npm ci --include=dev --ignore-scripts --no-audit --no-fund --loglevel=error >&2 || {
        echo "1..0 # SKIP the packages are not to be had"
        exit 0
    }
    cp package-lock.json "$stamp"
fi
exec node "$1" "$program"
