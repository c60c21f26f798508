#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""TAP: docs/tidemark.1 and each command's --help name the same options: manual.py TIDEMARK PAGE."""
import os
import pathlib
import re
import subprocess
import sys

tidemark, page = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
count = failed = 0


def check(ok: bool, what: str) -> None:
    global count, failed
    count += 1
    failed += not ok
    print("ok" if ok else "not ok", count, "-", what)


def help_of(*args: str) -> str:
    env = dict(os.environ, LANGUAGE="en")
    return subprocess.run([tidemark, *args], capture_output=True, text=True, env=env,
                          check=True).stdout


sections = {}
for part in re.split(r"^\.SH ", page.read_text(encoding="utf-8"), flags=re.M)[1:]:
    title, _, body = part.partition("\n")
    sections[title] = body.replace("\\-", "-")
commands = re.findall(r"^  ([a-z]+) ", help_of().split("Commands:")[1].split("\n\n")[0], re.M)
check(len(commands) >= 5, "the general help lists the commands")


def entries_of(section: str) -> str:
    return "\n".join(line for line in sections.get(section, "").splitlines()
                     if line.startswith((".B ", ".BR ")))


every = entries_of("EVERY COMMAND")
every_long = set(re.findall(r"--[a-z-]+", every))
every_short = set(re.findall(r"(?<![-\w])-[a-z](?![-\w])", every))
for command in commands:
    rows = help_of(command, "--help")
    told = set(re.findall(r"^  (?:-\w, |    )(--[a-z-]+)", rows, re.M))
    entries = entries_of(command.upper())
    check(told == set(re.findall(r"--[a-z-]+", entries)) | every_long,
          f"{command}: {' '.join(sorted(told))}")
    letters = set(re.findall(r"^  (-\w), ", rows, re.M))
    check(letters == set(re.findall(r"(?<![-\w])-[a-z](?![-\w])", entries)) | every_short,
          f"{command}: letters {' '.join(sorted(letters))}")
print(f"1..{count}")
sys.exit(1 if failed else 0)
