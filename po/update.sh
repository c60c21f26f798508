#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Brings the catalogues up to date with the source: see README.md.
#   po/update.sh                    tidemark.pot, ar.po, th.po
#   po/update.sh --template FILE    only a template, to be compared
set -e
cd "$(dirname "$0")/.."
template=po/tidemark.pot
[ "$1" = --template ] && template=$2
# Functions that look their text up themselves, and where in their arguments it stands.
looking_up='err_set:3 err_set_at:5 err_errno:2 err_errno_at:5 err_hint:2 err_context:2
    import_reject:3 import_note:2 import_total:2 yaml_fail:3 fail_at:3 mapping_fail:3'
keywords=
for keyword in $looking_up; do
    keywords="$keywords --keyword=$keyword --flag=$keyword:c-format"
done
# shellcheck disable=SC2086 # words are wanted
find src -name '*.[ch]' -o -name '*.cc' -o -name 'err.def' -o -name 'columns.def' -o -name 'view_words.def' -o -name 'outbox_reasons.def' -o -path src/audience/words.def -o -path src/audience/starters.def -o -path src/outreach/flow/starters.def -o -path src/outreach/campaign/starters.def | LC_ALL=C sort |
    xgettext --files-from=- --output="$template" --language=C --from-code=UTF-8 \
        --keyword=_ --keyword=N_ --keyword=P_:1,2 --keyword=NP_:1,2 $keywords --keyword=ERR:5 \
        --add-comments=TRANSLATORS: --no-wrap \
        --sort-by-file --package-name=tidemark --copyright-holder='the Tidemark authors'
sed -i -e 's/charset=CHARSET/charset=UTF-8/' -e '/^"POT-Creation-Date/d' "$template"
[ "$1" = --template ] && exit
for language in ar th; do
    msgmerge --quiet --no-fuzzy-matching --no-wrap --sort-by-file --update --backup=none \
        po/$language.po po/tidemark.pot
    [ $language = ar ] && po/isolate.py po/ar.po
    msgattrib --no-obsolete --no-wrap --sort-by-file -o po/$language.po po/$language.po
done
