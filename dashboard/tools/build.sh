#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Builds the dashboard into a C table: build.sh OUT.c FOLDER-FOR-BUILT-FILES [none]
# The packages are installed again only when package-lock.json has changed since. "none": no
# dashboard, only the page that says so.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
out=$(realpath "$1")
mkdir -p "$2"
dist=$(realpath "$2")

say() {
    tail -n 40 "$dist.log" >&2
    echo "$1" >&2
    echo "To build without the dashboard: meson configure -Ddashboard=disabled" >&2
    exit 1
}

rm -rf "$dist"
mkdir -p "$dist"
if [ "${3:-}" != none ]; then
    "$here/tools/packages.sh" >"$dist.log" 2>&1 || say "npm could not install the dashboard's packages."
    (cd "$here" && npm run --silent build -- --outDir "$dist" --emptyOutDir) >"$dist.log" 2>&1 ||
        say "The dashboard could not be built."
fi
python3 "$here/tools/assets.py" "$out" "$dist"
