#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Looks for threads that touch the same without agreeing: a build with ThreadSanitizer, the unit
# tests of the rooms that have threads, and the sender and the server at work. threads.sh [TEST...]
set -euo pipefail
cd "$(dirname "$0")/.."
dir=build-threads
[ -f $dir/build.ninja ] || CC=clang CXX=clang++ meson setup $dir -Db_sanitize=thread -Db_lundef=false \
    -Ddashboard=disabled >$dir.setup.log 2>&1 || { tail -20 $dir.setup.log; exit 1; }
rooms='store|outreach|web|intake_live'
ninja -C $dir --quiet src/cmd/tidemark node/tidemark-node tests/mail/sending-tool tests/mail/mail-kills \
    $(ninja -C $dir -t targets all | grep -oE "^tests/unit/($rooms)/[a-z_]+_test:" | tr -d :) \
    >$dir.build.log 2>&1 || { tail -30 $dir.build.log; exit 1; }
[ $# -gt 0 ] || set -- $(meson test -C $dir --list --suite unit 2>/dev/null | grep -oE "($rooms)/[a-z_]+$" | grep -v web/openapi) \
    mail/sending mail/kills outgoing/channels web/returns web/sending web/texts
rm -rf $dir/found && mkdir -p $dir/found
status=0
TSAN_OPTIONS="history_size=7 log_path=$PWD/$dir/found/report suppressions=$PWD/tools/threads.supp" \
    meson test -C $dir --no-rebuild --timeout-multiplier 10 "$@" >$dir.log 2>&1 || status=$?
grep -E '^(Ok|Fail|Timeout)' $dir.log
grep -hE '^SUMMARY' $dir/found/* 2>/dev/null | sort | uniq -c || echo "   no report"
exit $status
