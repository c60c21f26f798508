#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The owner's PDF is two pages, whatever the shop and the language, and nothing runs off them:
pdf_test.py SHOW."""
import re
import shutil
import subprocess
import sys
import tempfile

KINDS = ["0", "1", "2"] + [f"{c}{stage}" for c in "rR" for stage in range(1, 5)]
count = failed = 0


def check(condition, what):
    global count, failed
    count += 1
    failed += not condition
    print("ok" if condition else "not ok", count, "-", what)


def pages(path):
    """Of each page its height and its words as (top, bottom, left, right, text)."""
    found = subprocess.run(["pdftotext", "-bbox", path, "-"], check=True, capture_output=True,
                           text=True).stdout
    for page in re.findall(r"<page .*?</page>", found, re.S):
        width, height = map(float, re.search(r'width="([\d.]+)" height="([\d.]+)"', page).groups())
        yield width, height, [
            (float(top), float(bottom), float(left), float(right), text)
            for left, top, right, bottom, text in re.findall(
                r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)<',
                page)]


def look(path, name):
    seen = list(pages(path))
    check(len(seen) == 2, f"{name}: two pages, {len(seen)} found")
    for number, (width, height, words) in enumerate(seen, 1):
        off = [w for w in words if w[0] < 0 or w[1] > height or w[2] < 0 or w[3] > width]
        check(words and not off, f"{name}: all of page {number} is on it {off[:2]}")
        # The footer is the two lowest lines; Arabic marks reach some points above their line.
        foot = max((w[0] for w in words), default=0) - 14
        inside = [w for w in words if w[1] > foot + 1 and w[0] < foot - 8]
        check(foot > height - 60 and not inside,
              f"{name}: nothing runs into the foot of page {number} {inside[:2]}")


def main():
    if not shutil.which("pdftotext"):
        print("1..0 # SKIP no pdftotext")
        return 0
    for kind in KINDS:
        for language in ("en", "ar", "th"):
            with tempfile.NamedTemporaryFile(suffix=".pdf") as f:
                f.write(subprocess.run([sys.argv[1], "pdf", language, kind], check=True,
                                       capture_output=True).stdout)
                f.flush()
                look(f.name, f"{kind} {language}")
    print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())
