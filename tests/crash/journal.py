#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""TAP: what the journal acknowledged is there, once each, after kills, power cuts and bad disks.

    journal.py CHILD SHIM [KILLS [POWER_CUTS [FAILED_SYNCS [FULL_DISKS]]]]

Long form (TIDEMARK_TEST_LONG): 1,000 kills, 1,000 power cuts, a failing sync at each of the first
200, a full disk at each of the first 1,000 writes. Trials go on in one folder, so that each also
begins from what the one before left.
"""
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

from tap import check, end

LONG = os.environ.get("TIDEMARK_TEST_LONG") is not None
child, shim = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
numbers = tuple(int(a) for a in sys.argv[3:])
kills, cuts, syncs, fulls = numbers + ((1000, 1000, 200, 1000) if LONG
                                       else (15, 24, 12, 12))[len(numbers):]
random.seed(20)


def told(first: int, folder: str, env: dict, wait: float | None, enough: int | None
         ) -> tuple[list[str], int]:
    """Runs the child until it ends or is killed; its acknowledged ids and exit status."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([child, folder, str(first), "4"] + ([str(enough)] if enough else []),
                                   stdout=out, stderr=subprocess.DEVNULL,
                                   env=dict(os.environ, **env))
        if wait is None:
            process.wait(timeout=300)
        else:
            time.sleep(wait)
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=60)
        out.seek(0)
        # A last line without its end was never wholly told.
        return out.read().decode().split("\n")[:-1], process.returncode


def held(folder: str) -> list[str]:
    return subprocess.run([child, folder, "check"], capture_output=True, text=True,
                          check=True).stdout.split()


class Trials:
    """One folder, and what was acknowledged in it."""

    def __init__(self, top: str, name: str):
        self.folder = pathlib.Path(top, name)
        self.folder.mkdir()
        held(str(self.folder))  # made before the disk goes bad
        self.n = self.acknowledged = self.lost = self.doubled = self.wrong = 0

    def run(self, status: int, wait: float | None = None, enough: int | None = None, **env: int
            ) -> None:
        if env:
            env = {"LD_PRELOAD": shim, "POWERCUT_DIR": str(self.folder),
                   **{k: str(v) for k, v in env.items()}}
        self.n += 1
        ids, code = told(self.n * 1_000_000, str(self.folder), env, wait, enough)
        self.wrong += code != status
        kept = held(str(self.folder))
        self.acknowledged += len(ids)
        self.doubled += len(kept) - len(set(kept))
        self.lost += len(set(ids) - set(kept))
        if len(kept) > 20000:  # from time to time anew, so that a trial stays short
            for file in self.folder.iterdir():
                file.unlink()
            held(str(self.folder))

    def tell(self, what: str) -> None:
        check(self.n > 0 and not self.lost and not self.doubled and not self.wrong,
              f"{self.n} {what}: {self.acknowledged} acknowledged, {self.lost} lost, "
              f"{self.doubled} doubled, {self.wrong} ended otherwise")


def writes(i: int) -> int:
    """Now and then so many that the log was copied into the file meanwhile."""
    return random.randint(3000, 9000) if i % 6 == 5 else random.randint(1, 3000)


with tempfile.TemporaryDirectory() as top:
    trials = Trials(top, "killed")
    for i in range(kills):
        trials.run(-signal.SIGKILL, wait=random.uniform(.02, .3))
    trials.tell("kills")

    for name in ("lost", "partly kept"):
        trials = Trials(top, name.replace(" ", "-"))
        for i in range(cuts // 2):
            keep = {"POWERCUT_KEEP": i + 1} if name != "lost" else {}
            trials.run(99, POWERCUT_AFTER=writes(i), **keep)
        trials.tell(f"power cuts, unsynced writes {name}")

    # Early syncs, where opening and the first commits are, and later ones.
    trials = Trials(top, "syncs")
    for n in range(1, 201) if LONG else sorted({1, 2, 3, *random.sample(range(4, 200), syncs - 3)}):
        trials.run(3, POWERCUT_FAIL_SYNC=n)
    trials.tell("failing syncs: nothing acknowledged after, nothing lost")

    trials = Trials(top, "full")
    for n in range(1, fulls + 1) if LONG else sorted({1, 2, *random.sample(range(3, 800), fulls - 2)}):
        trials.run(0, enough=600, POWERCUT_FULL=n, POWERCUT_FULL_FOR=random.choice((1, 20, 200)))
    trials.tell("full disks, each over after a while")

    # The same with a disk that only says that it synced: the trial must notice.
    folder = pathlib.Path(top, "lie")
    folder.mkdir()
    held(str(folder))
    ids, _ = told(0, str(folder), {"LD_PRELOAD": shim, "POWERCUT_DIR": str(folder),
                                   "POWERCUT_LIE": "1", "POWERCUT_AFTER": "400"}, None, None)
    check(bool(set(ids) - set(held(str(folder)))), "a disk that lies about syncs is found out")

end()
