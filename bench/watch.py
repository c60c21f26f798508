#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Runs a command and prints what it took: watch.py COMMAND ARGUMENT...

    wall seconds, seconds of processor, peak MiB of resident memory of the command and all
    processes below it, added up (what they share counts for each)
"""
import os
import subprocess
import sys
import tempfile
import time


def children() -> dict:
    below = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as f:
                    parent = int(f.read().rpartition(")")[2].split()[1])
            except OSError:
                continue
            below.setdefault(parent, []).append(int(name))
    return below


def resident(pid: int, below: dict) -> int:
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as f:
            pages = int(f.read().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") + sum(resident(c, below) for c in below.get(pid, ()))


def main() -> int:
    peak, begun = 0, time.monotonic()
    with tempfile.TemporaryFile() as log, \
            subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=log) as job:
        while True:
            peak = max(peak, resident(job.pid, children()))
            try:
                job.wait(0.05)
                break
            except subprocess.TimeoutExpired:
                continue
        wall = time.monotonic() - begun
        log.seek(0)
        said = log.read().decode(errors="replace")
    used = os.times()
    if job.returncode != 0:
        print(said, file=sys.stderr)
        return job.returncode
    print(f"{wall:.2f} {used.children_user + used.children_system:.2f} {peak / 2**20:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
