#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# compile.sh IN.po OUT.mo: as the reader in i18n.c wants it. It knows no system-dependent strings
# (%<PRId64>): figures go into texts as %s (po/README.md), and check.py holds the texts to that.
exec msgfmt --check-format --endianness=little -o "$2" "$1"
