#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes the files below FOLDER as the C table of src/web/assets.h: assets.py OUT.c FOLDER"""
import gzip
import hashlib
import os
import shutil
import subprocess
import sys

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
PLAIN = (
    b"<!doctype html><html lang=en><title>Tidemark</title><p>This program was built without the "
    b"dashboard. Its API is there, below /api/v1.</p></html>\n"
)


def octets(name: str, data: bytes) -> str:
    rows = [
        "    " + " ".join(f"{b}," for b in data[i : i + 24]) for i in range(0, len(data), 24)
    ]
    return f"static const unsigned char {name}[] = {{\n" + "\n".join(rows or ["    0,"]) + "\n};\n"


def zstd(data: bytes) -> bytes:
    """Empty when it would not be shorter, or where there is no zstd."""
    program = shutil.which("zstd")
    if not program:
        return b""
    done = subprocess.run([program, "-19", "--quiet", "--stdout"], input=data, capture_output=True,
                          check=True)
    return done.stdout if len(done.stdout) < len(data) else b""


def files(folder: str) -> list:
    found = []
    for at, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(at, name)
            with open(path, "rb") as f:
                found.append(("/" + os.path.relpath(path, folder).replace(os.sep, "/"), f.read()))
    return sorted(found) or [("/index.html", PLAIN)]


def main() -> None:
    out, folder = sys.argv[1:]
    parts = ['#include "web/assets.h"\n\n']
    rows = []
    for i, (path, data) in enumerate(files(folder)):
        kind = TYPES.get(os.path.splitext(path)[1])
        if kind is None:
            sys.exit(f"{path}: the content type of this file is not known to assets.py")
        etag = hashlib.sha256(data).hexdigest()[:24]
        packed = gzip.compress(data, 9, mtime=0)
        parts.append(octets(f"bytes_{i}", data))
        short = len(packed) < len(data)
        if short:
            parts.append(octets(f"gz_{i}", packed))
        small = zstd(data)
        if small:
            parts.append(octets(f"zst_{i}", small))
        zst = f"zst_{i}, sizeof(zst_{i})" if small else "NULL, 0"
        gz = f"gz_{i}, sizeof(gz_{i})" if short else "NULL, 0"
        rows.append(
            f'    {{"{path}", "{kind}", "\\"{etag}\\"", bytes_{i}, {len(data)}, {gz}, {zst}}},\n'
        )
    parts.append("\nconst struct dashboard_file dashboard_files[] = {\n")
    parts += rows
    parts.append("    {NULL, NULL, NULL, NULL, 0, NULL, 0, NULL, 0},\n};\n")
    with open(out, "w", encoding="ascii") as f:
        f.write("".join(parts))


main()
