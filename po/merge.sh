#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# merge.sh OURS THEIRS: two catalogues into OURS, text by text; for git, see README.md.
set -e
msgcat --no-wrap --use-first --sort-by-file -o "$1.merged" "$2" "$1"
mv "$1.merged" "$1"
