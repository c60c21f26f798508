#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Brings the catalogues up to date with the source: see README.md.
#   po/update.sh                    tidemark.pot, ar.po, th.po
#   po/update.sh --template FILE    only a template, to be compared
set -e
cd "$(dirname "$0")/.."
template=po/tidemark.pot
[ "$1" = --template ] && template=$2
find src -name '*.[ch]' | LC_ALL=C sort |
    xgettext --files-from=- --output="$template" --language=C --from-code=UTF-8 \
        --keyword=_ --keyword=N_ --keyword=P_:1,2 --keyword=NP_:1,2 --add-comments=TRANSLATORS: --no-wrap \
        --sort-by-file --package-name=tidemark --copyright-holder='the Tidemark authors'
sed -i -e 's/charset=CHARSET/charset=UTF-8/' -e '/^"POT-Creation-Date/d' "$template"
[ "$1" = --template ] && exit
for language in ar th; do
    msgmerge --quiet --no-fuzzy-matching --no-wrap --sort-by-file --update --backup=none \
        po/$language.po po/tidemark.pot
done
