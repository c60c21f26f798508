#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""TAP: what was acknowledged is in the engine once, however often the process was killed.

    drain.py CHILD SQL LIBRARY [KILLS]

From time to time the engine loses what it was told last, as in a loss of power (it does not sync),
or all of it: its folder is deleted. Long form (TIDEMARK_TEST_LONG): 300 kills.
"""
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from tap import check, end

LONG = os.environ.get("TIDEMARK_TEST_LONG") is not None
child, sql, library = (os.path.abspath(a) for a in sys.argv[1:4])
kills = int(sys.argv[4]) if len(sys.argv) > 4 else 300 if LONG else 8
if not os.access(library, os.R_OK):
    print("1..0 # SKIP the engine's library is not there: make deps")
    sys.exit(0)
random.seed(4)


def killed(folder: str, first: int, env: dict) -> list[str]:
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([child, folder, str(first)], stdout=out, env=env)
        # Until it takes messages, and then at random.
        for _ in range(600):
            if os.fstat(out.fileno()).st_size or process.poll() is not None:
                break
            time.sleep(.05)
        time.sleep(random.uniform(0, 1.5))
        process.send_signal(signal.SIGKILL)
        if process.wait(timeout=60) != -signal.SIGKILL:
            raise RuntimeError(f"ended by itself: {process.returncode}")
        out.seek(0)
        return out.read().decode().split("\n")[:-1]


def brought_in(folder: str, env: dict) -> tuple[int, list[str]]:
    # The engine of the process that was killed may still be ending.
    for _ in range(40):
        done = subprocess.run([child, folder, "check"], capture_output=True, text=True, env=env)
        if done.returncode == 0:
            break
        time.sleep(.5)
    else:
        raise RuntimeError(done.stderr)
    n, *ids = done.stdout.split()
    return int(n), ids


with tempfile.TemporaryDirectory() as top:
    rooms = pathlib.Path(top, "sql")
    rooms.mkdir()
    for room in pathlib.Path(sql).iterdir():
        if room.is_dir():
            rooms.joinpath(room.name).symlink_to(room)
    rooms.joinpath("test").mkdir()
    rooms.joinpath("test", "ids.sql").write_text(
        "-- name: test/ids\n-- columns: id String\nSELECT event_key AS id FROM raw_event\n")
    folder = str(pathlib.Path(top, "shop"))
    env = dict(os.environ, DRAIN_SQL=str(rooms))
    acknowledged: set[str] = set()
    lost = doubled = apart = seconds = 0
    for i in range(kills):
        for _ in range(20):
            try:
                ids = killed(folder, i * 1_000_000, env)
                break
            except RuntimeError:  # the engine of the one before has not ended yet
                time.sleep(.5)
        else:
            sys.exit("Bail out! it ends by itself")
        acknowledged.update(ids)
        if i % 4 == 3:
            shutil.rmtree(pathlib.Path(folder, "engine"), ignore_errors=True)
        begun = time.monotonic()
        n, inside = brought_in(folder, env)
        seconds = max(seconds, time.monotonic() - begun)
        doubled += len(inside) - len(set(inside))
        lost += len(acknowledged - set(inside))
        apart += n != len(inside)
    check(len(acknowledged) > 0 and not lost and not doubled and not apart,
          f"{kills} kills, {kills // 4} times with the engine's folder deleted: "
          f"{len(acknowledged)} acknowledged, {lost} lost, {doubled} doubled, {apart} times journal "
          f"and engine apart; at most {seconds:.1f} s until all was in")
end()
