#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""docs/openapi.json is what the program says of itself: openapi.py TIDEMARK FILE. Prints TAP."""
import json
import pathlib
import subprocess
import sys

told = subprocess.run([sys.argv[1], "serve", "--openapi"], capture_output=True, text=True,
                      check=True).stdout
kept = pathlib.Path(sys.argv[2]).read_text(encoding="utf-8")
same = told == kept
print(f"{'ok' if same else 'not ok'} 1 - docs/openapi.json is up to date")
if not same:
    print("#   renew it: tidemark serve --openapi >docs/openapi.json")
document = json.loads(told)
wrong = [f"{method} {path}" for path, methods in document["paths"].items()
         for method, what in methods.items()
         if method != "get" and not what["x-csrf"] and
         path not in ("/api/v1/setup", "/api/v1/reset", "/api/v1/login", "/v1/{call}",
                      "/hooks/{key}", "/u/{link}", "/texts", "/texts/{token}", "/returns/{provider}")]
print(f"{'not ok' if wrong else 'ok'} 2 - whatever changes something asks for a token")
print("1..2")
sys.exit(0 if same and not wrong else 1)
