#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs a scenario of commands and compares what they print: run.py SCENARIO TIDEMARK EXAMPLES.

    # a comment
    = file.csv             the lines that begin with "| " below become that file
    | Name,Email
    $ tidemark assess .    a command, run by the shell in an empty folder of the scenario's own
    > line                 the next line of standard output, exactly
    ~ regex                some line of standard output matches
    ! regex                some line of standard error matches
    ? 65                   the exit code (0 unless said)

Prints TAP. A command whose output is not described may print what it likes.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

scenario, tidemark, examples = pathlib.Path(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3]
count = failed = 0


def check(ok: bool, what: str, detail: str = "") -> None:
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {what.replace('#', '.')}")
    if not ok:
        for line in detail.splitlines()[:40]:
            print(f"#   {line}")


def run(step: dict, folder: str) -> None:
    env = dict(os.environ, LC_ALL="C.UTF-8", LANG="C.UTF-8", LANGUAGE=step["language"], TERM="dumb",
               EXAMPLES=examples, DATA=os.environ.get("TIDEMARK_TEST_DATA", ""),
               PATH=os.path.dirname(tidemark) + ":" + os.environ["PATH"])
    env.pop("TIDEMARK_WORKSPACE", None)
    done = subprocess.run(["bash", "-c", step["command"]], cwd=folder, env=env, text=True,
                          capture_output=True, timeout=300, errors="replace")
    seen = f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    check(done.returncode == step["code"], f"{step['command']}: exit code {step['code']}", seen)
    lines = done.stdout.splitlines()
    if step["exact"]:
        check(lines[: len(step["exact"])] == step["exact"], f"{step['command']}: output", seen)
    for pattern in step["out"]:
        check(any(re.search(pattern, line) for line in lines), f"prints {pattern}", seen)
    for pattern in step["err"]:
        check(any(re.search(pattern, line) for line in done.stderr.splitlines()),
              f"tells {pattern}", seen)


def main() -> int:
    step, target, language = None, None, "en"
    with tempfile.TemporaryDirectory(prefix="tidemark-cli-") as folder:
        def finish() -> None:
            if step:
                run(step, folder)

        for line in scenario.read_text(encoding="utf-8").splitlines():
            mark, rest = line[:2], line[2:]
            if mark == "$ ":
                finish()
                step = {"command": rest, "exact": [], "out": [], "err": [], "code": 0,
                        "language": language}
            elif mark == "= ":
                finish()
                step, target = None, pathlib.Path(folder, rest)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text("", encoding="utf-8")
            elif mark == "| ":
                with target.open("a", encoding="utf-8") as f:
                    f.write(rest + "\n")
            elif mark == "@ ":
                finish()
                step, language = None, rest
            elif mark == "> ":
                step["exact"].append(rest)
            elif mark == "~ ":
                step["out"].append(rest)
            elif mark == "! ":
                step["err"].append(rest)
            elif mark == "? ":
                step["code"] = int(rest)
            elif line.strip() and not line.startswith("#"):
                raise SystemExit(f"{scenario}: what is this line? {line}")
        finish()
    print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())
