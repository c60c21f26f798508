#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A worker that stands still is told: its engine stopped, itself stopped: stall.py TIDEMARK.
Prints TAP."""
import ctypes
import json
import os
import pathlib
import signal
import tempfile
import time

from client import Client, Server, check, end

PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
libc = ctypes.CDLL(None, use_errno=True)


def ptrace(request: int, thread: int) -> bool:
    return libc.ptrace(request, thread, None, None) == 0


def engine_of(server: Server) -> int:
    """The process of the analytics engine."""
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text()
            name, rest = stat.split("(", 1)[1].rsplit(")", 1)
            if "node" in name and int(rest.split()[1]) == server.process.pid:
                return int(folder.name)
        except (OSError, ValueError):
            continue
    raise SystemExit("no engine found")


def worker_of(server: Server) -> int:
    for task in pathlib.Path(f"/proc/{server.process.pid}/task").iterdir():
        if (task / "comm").read_text().strip() == "worker":
            return int(task.name)
    raise SystemExit("no worker found")


def healthy(client: Client) -> tuple[int, bool]:
    status, _, body = client.ask("GET", "/healthz")
    return status, json.loads(body)["worker_stalled"]


def within(seconds: float, wanted) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if wanted():
            return True
        time.sleep(0.1)
    return False


def job_of(client: Client, job: int) -> dict:
    return json.loads(client.ask("GET", f"/api/v1/jobs/{job}")[2])


def begin(client: Client) -> int:
    return json.loads(client.ask("POST", "/api/v1/assessments", {})[2])["job"]


def stopped_engine(server: Server, owner: Client) -> None:
    engine = engine_of(server)
    os.kill(engine, signal.SIGSTOP)
    try:
        job = begin(owner)
        check(within(20, lambda: job_of(owner, job)["state"] == "running"), "a job is under way")
        check(healthy(owner) == (200, False), "that is no fault yet")
        check(within(30, lambda: healthy(owner) == (503, True)),
              "its engine stands still: /healthz fails", healthy(owner))
        check(job_of(owner, job)["stalled"], "and the job says so", job_of(owner, job))
        check(b"tidemark_healthy 0" in owner.ask("GET", "/metrics")[2], "and so do the figures")
    finally:
        os.kill(engine, signal.SIGCONT)
    check(within(30, lambda: healthy(owner) == (200, False)), "the engine goes on: all is well")
    check(owner.wait(job)["state"] in ("done", "failed") and not job_of(owner, job)["stalled"],
          "and the job ends", job_of(owner, job))


def stopped_worker(server: Server, owner: Client) -> None:
    engine, worker = engine_of(server), worker_of(server)
    os.kill(engine, signal.SIGSTOP)
    job = begin(owner)
    under_way = within(20, lambda: job_of(owner, job)["state"] == "running")
    stopped = ptrace(PTRACE_SEIZE, worker) and ptrace(PTRACE_INTERRUPT, worker)
    os.kill(engine, signal.SIGCONT)
    if not stopped:
        check(under_way, "a thread that stands still # SKIP none can be stopped here")
        return
    check(within(30, lambda: healthy(owner) == (503, True)),
          "the worker's own thread stands still: /healthz fails", healthy(owner))
    os.waitpid(worker, 0x40000000)  # __WALL: it has stopped, so that it can be let go
    check(ptrace(PTRACE_DETACH, worker) and within(30, lambda: healthy(owner) == (200, False)),
          "it goes on: all is well")
    check(owner.wait(job)["state"] in ("done", "failed"), "and the job ends", job_of(owner, job))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop", options=("--stall-after", "2"))
        owner = Client(server).first_owner()
        jobs = json.loads(owner.ask("GET", "/api/v1/jobs")[2])["jobs"]
        for job in jobs:
            owner.wait(job["id"])
        check(healthy(owner) == (200, False), "all is well at first")
        stopped_engine(server, owner)
        stopped_worker(server, owner)
        check(server.end() == 0, "the server ends")


main()
end()
