#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes a C file that holds files as text: embed.py OUT.c SYMBOL ROOT FILE-OR-FOLDER...

A folder stands for all *.sql below it. OUT.c is left alone when it would not change.

The C file defines `const struct embedded_file SYMBOL[]`, ended by a NULL name, where a name is
the file's path below ROOT without its extension.
"""
import os
import sys


def literal(data: bytes) -> str:
    lines = []
    for line in data.splitlines(keepends=True):
        out = []
        for byte in line:
            c = chr(byte)
            if c in '"\\?':
                out.append("\\" + c)
            elif 32 <= byte < 127:
                out.append(c)
            else:
                out.append("\\%03o" % byte)
        lines.append('        "' + "".join(out) + '"')
    return "\n".join(lines) or '        ""'


def expand(name: str) -> list:
    if not os.path.isdir(name):
        return [name]
    return [
        os.path.join(folder, file)
        for folder, _, files in os.walk(name)
        for file in files
        if file.endswith(".sql")
    ]


def unchanged(path: str, text: str) -> bool:
    try:
        with open(path, encoding="ascii") as f:
            return f.read() == text
    except OSError:
        return False


def main() -> None:
    out, symbol, root, *given = sys.argv[1:]
    names = [path for name in given for path in expand(name)]
    parts = ['#include "base/embedded.h"\n\n', f"const struct embedded_file {symbol}[] = {{\n"]
    for path in sorted(names):
        with open(path, "rb") as f:
            data = f.read()
        name = os.path.splitext(os.path.relpath(path, root))[0]
        parts.append(f'    {{"{name}", {len(data)},\n{literal(data)}}},\n')
    parts.append("    {NULL, 0, NULL},\n};\n")
    text = "".join(parts)
    if unchanged(out, text):
        return
    with open(out, "w", encoding="ascii") as f:
        f.write(text)


main()
