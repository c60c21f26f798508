#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A shop at rest costs next to nothing: with figures made and nobody asking, no thread of the server
goes round and round. at_rest.py TIDEMARK. Prints TAP."""
import json
import os
import pathlib
import subprocess
import tempfile
import time

from client import Client, Server, check, end, tidemark, until

SECONDS = 4
TOTAL = "/api/v1/views/revenue?by=total&from=1990-01-01&to=2100-01-01"
TICKS = os.sysconf("SC_CLK_TCK")


def spent(process: int) -> dict[str, float]:
    """Processor seconds of each thread, by its name and number."""
    threads = {}
    for thread in pathlib.Path(f"/proc/{process}/task").iterdir():
        try:
            name, rest = (thread / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except FileNotFoundError:  # it ended
            continue
        threads[f"{name} {thread.name}"] = sum(map(int, rest.split()[11:13])) / TICKS
    return threads


def at_rest(server: Server, what: str) -> None:
    """Within a minute there are some seconds in which no thread works more than a tenth of the time."""
    most: list = []

    def rests() -> bool:
        before = spent(server.process.pid)
        time.sleep(SECONDS)
        after = spent(server.process.pid)
        most[:] = sorted(((after[t] - before.get(t, 0), t) for t in after), reverse=True)[:3]
        return most[0][0] < 0.1 * SECONDS
    check(until(rests, 60), what, most)


with tempfile.TemporaryDirectory() as top:
    demo, shop = pathlib.Path(top, "demo"), str(pathlib.Path(top, "shop"))
    subprocess.run([tidemark, "simulate", "--stage", "2", "--orders", "100", str(demo)], check=True,
                   capture_output=True)
    subprocess.run([tidemark, "init", "--currency", "EUR", shop], check=True, capture_output=True)
    subprocess.run([tidemark, "import", "-w", shop, str(demo)], check=True, capture_output=True)
    server = Server(shop)
    owner = Client(server).first_owner()
    total = lambda: owner.ask("GET", TOTAL)
    check(until(lambda: total()[0] == 200 and json.loads(total()[2])["fresh"]), "figures are there", total())
    at_rest(server, "a shop without segments rests")
    status = owner.ask("POST", "/api/v1/segments", {"name": "Buyers", "text": "number_of_orders > 0"})
    check(status[0] in (200, 201), "a segment is made", status)
    at_rest(server, "a shop with one rests")
    check(server.end() == 0, "the server ends in order")
end()
