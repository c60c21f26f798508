#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An engine made anew where some of the imported files are gone: rebuild.py TIDEMARK. Prints TAP.

What cannot be read again is told before anything is changed, and nothing is until that was agreed;
an end in the midst loses nothing that a later one cannot go on with.
"""
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

TIDEMARK = os.path.abspath(sys.argv[1])
FILES, AGAIN = 4, 4  # AGAIN: the status of an import that is to be read again
count = failed = 0


def check(ok: bool, what: str, detail: object = "") -> None:
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {what}", flush=True)
    for line in [] if ok else str(detail).splitlines()[:20]:
        print(f"#   {line}")


def run(*words: str) -> tuple[int, str]:
    done = subprocess.run([TIDEMARK, *words, "--lang", "en"], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def statuses(shop: pathlib.Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    with sqlite3.connect(f"file:{shop}/store.db?mode=ro", uri=True) as db:
        for name, status in db.execute("SELECT name, status FROM import_file ORDER BY id"):
            found.setdefault(name, []).append(status)
    return found


def make(folder: pathlib.Path) -> pathlib.Path:
    shop = folder / "shop"
    run("init", str(shop), "--currency", "EUR")
    for i in range(FILES):
        rows = "".join(f"{i}{n},2026-01-0{n + 1} 10:00:00,20.00,EUR,p{i}{n}@example.com,paid\n" for n in range(i + 1))
        (folder / f"orders{i}.csv").write_text("order_id,ordered_at,total,currency,email,status\n" + rows)
    status, text = run("import", "--workspace", str(shop), *[str(folder / f"orders{i}.csv") for i in range(FILES)])
    check(status == 0, "orders are imported", text)
    return shop


def refuses(shop: pathlib.Path) -> None:
    before = statuses(shop)
    status, text = run("doctor", "--workspace", str(shop), "--rebuild")
    check(status == 64 and "1 import cannot be read again (2 rows)" in text and '"orders1.csv": 2 rows' in text,
          "what cannot be read again is told by name and rows", text)
    check(statuses(shop) == before, "and nothing is changed without a word", statuses(shop))
    status, text = run("doctor", "--workspace", str(shop))
    check(status == 74 and 'lacks 1 records of "orders0.csv"' in text, "the doctor still tells what is lacking", text)


def killed(shop: pathlib.Path) -> None:
    """As soon as the store says that files are to be read again; and once more somewhere in it."""
    cut = 0
    for wait in 0, 0.1, 0.3:
        process = subprocess.Popen([TIDEMARK, "doctor", "--workspace", str(shop), "--rebuild", "--yes", "--lang", "en"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            if any(AGAIN in one for one in statuses(shop).values()):
                time.sleep(wait)
                process.kill()
                break
            time.sleep(0.005)
        process.wait()
        cut += process.returncode == -9
        if not wait:
            status, text = run("doctor", "--workspace", str(shop))
            check(status == 74 and "was to be read again, and that was cut off" in text, "the doctor sees where it was cut off", text)
    check(cut >= 1, f"it was cut off {cut} times")


def ends(folder: pathlib.Path, shop: pathlib.Path) -> None:
    status, text = run("doctor", "--workspace", str(shop), "--rebuild", "--yes")
    check("holds every record of every import" in text and not any(AGAIN in one for one in statuses(shop).values()),
          "the next one goes on to the end", text)
    status, text = run("doctor", "--workspace", str(shop))
    check(status == 0 and "holds every record of every import (8)" in text, "all that has a file is there, once", text)
    status, text = run("import", "--workspace", str(shop), str(folder / "elsewhere.csv"))
    check(status == 0 and "stored 2" in text, "a file that is found again comes in", text)
    status, text = run("show", "customers", "--workspace", str(shop), "--csv")
    check(status == 0 and text.count("@example.com") == 10, "and all customers are there", text)


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    shop = make(folder)
    shutil.rmtree(shop / "engine")
    os.rename(folder / "orders1.csv", folder / "elsewhere.csv")
    refuses(shop)
    killed(shop)
    ends(folder, shop)
print(f"1..{count}")
sys.exit(1 if failed else 0)
