#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Installs the dashboard's packages as package-lock.json names them, when they are not there yet.
set -eu
cd "$(dirname "$0")/.."
stamp=node_modules/.installed
cmp -s package-lock.json "$stamp" && exit 0
npm ci --no-audit --no-fund --loglevel=error
cp package-lock.json "$stamp"
