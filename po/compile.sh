#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# compile.sh IN.po OUT.mo: msgfmt, with PRId64 and PRIu64 as this platform has them (i18n.c asserts
# it), so that the reader in i18n.c needs no system-dependent strings.
sed -e 's/%<PRId64>/%ld/g' -e 's/%<PRIu64>/%lu/g' "$1" |
    msgfmt --check-format --endianness=little -o "$2" -
