#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""TAP: on a terminal no line is wider than it, in each language: widths.py TIDEMARK.

Commands run on a pseudo-terminal of 80 columns; a mark on one of 60 and of 140, too.
"""
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata

tidemark = os.path.abspath(sys.argv[1])
count = failed = 0


def check(ok: bool, what: str, detail: object = "") -> None:
    global count, failed
    count += 1
    failed += not ok
    print("ok" if ok else "not ok", count, "-", what, flush=True)
    for line in detail[:8] if not ok else []:
        print("#  ", line)


def width(line: str) -> int:
    """Cells of a terminal: marks above and below letters and marks of direction have none."""
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf")
               else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def lines_of(columns: int, lang: str, *words: str, notes: bool = False) -> tuple[int, list]:
    """Exit code, and what a terminal shows, without colours; with notes, errors and progress, too,
    where each writing of a line counts."""
    outside, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    env = dict(os.environ, TERM="xterm-256color", LC_ALL="C.UTF-8", LANGUAGE=lang)
    env.pop("COLUMNS", None)
    process = subprocess.Popen([tidemark, *words], stdin=subprocess.DEVNULL, stdout=inside,
                               stderr=inside if notes else subprocess.DEVNULL, env=env)
    os.close(inside)
    told = b""
    while True:
        try:
            more = os.read(outside, 65536)
        except OSError:
            break
        if not more:
            break
        told += more
    os.close(outside)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", told.decode())
    return process.wait(), re.split(r"[\r\n]+", text)


def fits(columns: int, lang: str, *words: str, wanted: int = 0) -> None:
    code, lines = lines_of(columns, lang, *words, notes=wanted != 0)
    wide = [f"{width(line)}: {line}" for line in lines if width(line) > columns]
    name = " ".join(w for w in words if "/" not in w)
    check(code == wanted and not wide and any(lines), f"{columns} columns, {lang}: {name}",
          wide or [f"it ended with {code}"] + lines)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop, demo = folder + "/shop", folder + "/demo"
        for words in (("simulate", "--stage", "2", "--orders", "300", demo), ("init", shop),
                      ("import", demo, "--workspace", shop)):
            subprocess.run([tidemark, *words], check=True, capture_output=True)
        commands = re.findall(r"^  (?!tidemark)([a-z]+) ", "\n".join(lines_of(80, "en", "help")[1]), re.M)
        check(len(commands) >= 18, "the commands are listed", commands)
        inside = ("--workspace", shop)
        for lang in ("en", "ar", "th"):
            fits(80, lang, "help")
            for command in commands:
                fits(80, lang, command, "--help")
            for columns in (60, 140) if lang == "en" else (80,):
                fits(columns, lang, "assess", *inside)
            for words in (("roadmap", "--all"), ("history",),
                          ("segment", "starters"),
                          ("segment", "list"), ("sources", "list"), ("sources", "duties"),
                          ("people", "decisions"), ("people", "erasures"), ("doctor",),
                          ("retain", "--dry-run"), ("consent", "verify"), ("suppression", "list"),
                          ("show", "customers"), ("peers", "show")):
                fits(80, lang, *words, *inside)
            for words in (("model", "show"), ("model", "show", "EML-1"), ("show",)):
                fits(80, lang, *words)
            fits(80, lang, "asess", wanted=64)
            fits(80, lang, "assess", "--jsn", wanted=64)
            fits(80, lang, "assess", folder + "/none", wanted=66)
    print(f"1..{count}")
    sys.exit(1 if failed else 0)


main()
