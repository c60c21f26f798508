#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# compile.sh IN.po OUT.mo: as the reader in i18n.c wants it. It knows no system-dependent strings:
# %<PRId64> becomes what PRId64 is on every system that Tidemark runs on (a test holds it to that).
set -e
plain="$2.po"
sed -e 's/%\([-+ #0-9.$]*\)<PRI\([diux]\)64>/%\1l\2/g' -e 's/%\([-+ #0-9.$]*\)<PRI\([diux]\)32>/%\1\2/g' \
    "$1" >"$plain"
msgfmt --check-format --endianness=little -o "$2" "$plain"
rm -f "$plain"
