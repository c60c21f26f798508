#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many messages went is told whole, wherever a process ended: counted.py TIDEMARK. Prints TAP.

A source with many messages is forgotten, and a person with many is erased, each by a process that is
killed while the journal is half emptied.
"""
import json
import pathlib
import signal
import sqlite3
import subprocess
import tempfile
import time

from client import Client, Server, check, end, tidemark
from traces import run

MANY, A_TIME = 9000, 500
MAIL = "canary.person@example.com"


def send(server: Server, source: dict, name: str, event: dict) -> None:
    """And one that is refused, whose id names somebody."""
    for first in range(0, MANY, A_TIME):
        batch = [{**event, "type": "track", "event": "Product Viewed", "messageId": f"{name}{i}",
                  "timestamp": "2026-11-02T10:00:00Z"} for i in range(first, first + A_TIME)]
        sent = {"writeKey": source["key"], "batch": batch}
        status = Client(server).ask("POST", "/v1/batch", sent)[0]
        if status != 200:
            check(False, "events are taken", status)
    refused = {"writeKey": source["key"], "batch": [
        {"type": "nothing known", "messageId": name + MAIL}]}
    Client(server).ask("POST", "/v1/batch", refused)


def emptied(shop: str, source: int) -> int:
    with sqlite3.connect(f"file:{shop}/journal.db?mode=ro", uri=True) as db:
        return db.execute("SELECT count(*) FROM record WHERE source = ? AND"
                          " substr(CAST(body AS TEXT), 1, 1) != '{'", [source]).fetchone()[0]


def killed_half_way(shop: str, source: int, *words: str) -> int:
    """How many messages it had emptied."""
    process = subprocess.Popen([tidemark, *words, "--yes", "--workspace", shop],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and not emptied(shop, source):
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return emptied(shop, source)


def whole(shop: str, source: int, *words: str) -> None:
    what = " ".join(words[:2])
    half = killed_half_way(shop, source, *words)
    check(0 < half < MANY, f"{what} is killed while the journal is half emptied", half)
    last = json.loads(run("people", "erasures", "--json", "--workspace", shop))[-1]
    check(last["step"] == "done" and not last["problem"], "and is finished by who comes next", last)
    check(last["messages"] == MANY + 1, "it tells all messages that went", last["messages"])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = folder + "/shop"
        server = Server(shop)
        owner = Client(server).first_owner()
        sites = [json.loads(owner.ask("POST", "/api/v1/sources", {"name": name})[2])
                 for name in ("One", "Two")]
        send(server, sites[0], "one", {"anonymousId": "device-one"})
        send(server, sites[1], "two", {"userId": "login-canary", "context": {
            "traits": {"email": MAIL}}})
        check(server.end() == 0, "the server ends")
        told = json.loads(run("sources", "forget", str(sites[0]["id"]), "--dry-run", "--json",
                              "--workspace", shop))
        check(told["messages"] == MANY + 1, "what is to go is counted", told)
        whole(shop, sites[0]["id"], "sources", "forget", str(sites[0]["id"]))
        whole(shop, sites[1]["id"], "people", "erase", MAIL)
        check(b"canary.person" not in pathlib.Path(shop, "journal.db").read_bytes(),
              "and the person is gone")
    end()


if __name__ == "__main__":
    main()
