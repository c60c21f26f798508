#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks the house: includes only climb down, files stay short, every file bears its licence.

Prints TAP. A folder may include itself and the folders above it in LAYERS (ARCHITECTURE.md).
"""
import pathlib
import re
import sys

LAYERS = ["base", "stats", "shop", "engine", "store", "intake", "identity", "insight",
          "audience", "privacy", "maturity", "outreach", "report", "simulate", "web", "cmd"]
# Rooms that must not know of what lies below them in the list, although it stands above.
FORBIDDEN = {"simulate": {"stats", "engine", "store", "intake", "identity", "insight", "maturity",
                          "report"},
             "stats": {"shop"},
             "store": {"engine"},
             "report": {"engine", "store", "intake", "identity", "insight"}}
LINES_MAX = 800

root = pathlib.Path(sys.argv[1])
count = failed = 0


def check(ok: bool, what: str, problems: list[str]) -> None:
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {what}")
    for problem in problems:
        print(f"#   {problem}")


sources = [p for p in (root / "src").rglob("*") if p.suffix in (".c", ".h", ".cc", ".def")]
climbs, long_files, unlicensed, unfit = [], [], [], []
for path in sorted(sources):
    folder = path.relative_to(root / "src").parts[0]
    text = path.read_text(encoding="utf-8")
    name = path.relative_to(root)
    if folder not in LAYERS:
        climbs.append(f"{name}: folder {folder} is not in the list of layers")
        continue
    allowed = set(LAYERS[: LAYERS.index(folder) + 1]) - FORBIDDEN.get(folder, set())
    for i, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+"([^/"]+)/', line)
        if match and match.group(1) not in allowed:
            climbs.append(f"{name}:{i}: {folder} may not include {match.group(1)}")
        if re.match(r'\s*#\s*include\s+"[^/"]+"', line):
            climbs.append(f"{name}:{i}: include by folder, not {line.strip()}")
    if len(text.splitlines()) > LINES_MAX and path.suffix != ".def":
        long_files.append(f"{name}: {len(text.splitlines())} lines")
    if "SPDX-License-Identifier: AGPL-3.0-or-later" not in text[:200]:
        unlicensed.append(str(name))
    if path.suffix == ".c":
        first = re.search(r'#\s*include\s+"([^"]+)"', text)
        own = f"{path.parent.relative_to(root / 'src')}/{path.stem}.h"
        if (root / "src" / own).exists() and first and first.group(1) not in (own, "base/base.h"):
            unfit.append(f"{name}: its own header does not come first")

check(not climbs, "includes only climb down", climbs)
check(not long_files, f"no source file is longer than {LINES_MAX} lines", long_files)
check(not unlicensed, "every source file names its licence", unlicensed)
check(not unfit, "a source file includes its own header first", unfit)

fronts = [f for f in LAYERS if (root / "src" / f).is_dir()
          and not any((root / "src" / f).rglob("*.h"))]
check(not fronts, "every folder has a header", fronts)
statements = [str(p.relative_to(root)) for p in (root / "sql").rglob("*.sql")
              if f"-- name: {p.relative_to(root / 'sql').with_suffix('')}\n"
              not in p.read_text(encoding="utf-8")]
check(not statements, "every statement's name is its path", statements)
print(f"1..{count}")
sys.exit(1 if failed else 0)
