#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Installs what building and testing needs, and only what is missing: Debian packages by apt, the
# analytics engine's library by npm (pinned in node/package-lock.json). Other systems: install the
# like of these packages by hand; meson names what it does not find.
set -eu
cd "$(dirname "$0")/.."

packages="gcc g++ meson ninja-build pkg-config python3 nodejs npm gettext
libarchive-dev libcairo2-dev libcurl4-openssl-dev libglpk-dev libgmime-3.0-dev libgsl-dev libicu-dev
libmicrohttpd-dev libpango1.0-dev libqrencode-dev libsimdjson-dev libsodium-dev libsqlite3-dev libssl-dev libxlsxwriter-dev
libyaml-dev zlib1g-dev libzstd-dev zstd fonts-noto-core tzdata ca-certificates"
[ "${1:-}" = check ] && packages="$packages clang clang-format clang-tidy libclang-rt-14-dev cppcheck
dovecot-imapd python3-dkim python3-jsonschema python3-nacl python3-yaml xz-utils systemd chromium"

# Exim for the test that hands messages to a real mail server: only where there is none yet, for it
# would take the place of the one that is there.
[ "${1:-}" != check ] || [ -e /usr/sbin/sendmail ] || packages="$packages exim4-daemon-light"

missing=""
for package in $packages; do
    # A program that is there from elsewhere (a newer node, say) need not come from Debian.
    case $package in
    nodejs) command -v node >/dev/null 2>&1 && continue ;;
    npm) command -v npm >/dev/null 2>&1 && continue ;;
    python3) command -v python3 >/dev/null 2>&1 && continue ;;
    esac
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
        missing="$missing $package"
done
if [ -n "$missing" ]; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "Please install the like of:$missing" >&2
        exit 1
    fi
    sudo=""
    [ "$(id -u)" = 0 ] || sudo=sudo
    echo "Installing:$missing"
    # An old package list names versions that are gone: update once, then install.
    $sudo apt-get update -qq
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        $missing >/dev/null
fi

case $(uname -m) in
x86_64) library=node/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so ;;
aarch64) library=node/node_modules/@chdb/lib-linux-arm64-gnu/libchdb.so ;;
*)
    echo "The engine's library exists for x86-64 and arm64 Linux only, not for $(uname -m)." >&2
    exit 1
    ;;
esac
wanted=$(sed -n 's/.*"@chdb\/lib-linux-x64-gnu": "\(.*\)".*/\1/p' node/package.json)
have=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$(dirname "$library")/package.json" 2>/dev/null || true)
if [ ! -f "$library" ] || [ "$have" != "$wanted" ]; then
    echo "Installing the analytics engine $wanted (about 180 MB to fetch)"
    (cd node && npm ci --no-audit --no-fund --loglevel=error)
    # The arm64 library of this version is not published everywhere: asked for by name alone, so
    # that its absence does not stop others.
    [ "$(uname -m)" != aarch64 ] ||
        (cd node && npm install --no-save --no-audit --no-fund "@chdb/lib-linux-arm64-gnu@$wanted")
fi
[ -f "$library" ] || {
    echo "The engine's library did not arrive at $library." >&2
    exit 1
}

dashboard/tools/packages.sh
