#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes live is in the figures without anybody's doing, and the figures say when they lack it;
what a kill leaves in the journal is brought in by the next start. live_flow.py TIDEMARK. Prints TAP."""
import json
import shutil
import subprocess
import tempfile
import time

from client import Client, Server, check, end, tidemark

TOTAL = "/api/v1/views/revenue?by=total&from=1990-01-01&to=2100-01-01"


def orders(owner: Client) -> tuple[bool, int]:
    status, _, body = owner.ask("GET", TOTAL)
    told = json.loads(body)
    if status == 503:
        return False, -1
    return told["fresh"], sum(row["orders"] for row in told["rows"])


def until(owner: Client, wanted: int) -> tuple[bool, int]:
    for _ in range(300):
        if orders(owner) == (True, wanted):
            break
        time.sleep(0.1)
    return orders(owner)


def sell(owner: Client, key: str, first: int, n: int) -> int:
    batch = [{"type": "track", "messageId": f"m{i}", "userId": f"u{i % 7}",
              "event": "Order Completed", "timestamp": "2026-11-20T10:00:00Z",
              "properties": {"order_id": f"o{i}", "total": 20, "currency": "EUR"}}
             for i in range(first, first + n)]
    return Client(owner.server).ask("POST", "/v1/batch", {"writeKey": key, "batch": batch})[0]


def doctor(folder: str) -> dict:
    done = subprocess.run([tidemark, "doctor", "--workspace", folder, "--json"],
                          capture_output=True, text=True)
    return json.loads(done.stdout)


def main() -> None:
    with tempfile.TemporaryDirectory() as top:
        folder = top + "/shop"
        server = Server(folder)
        owner = Client(server).first_owner()
        owner.ask("PUT", "/api/v1/settings", {"currency": "EUR"})
        made = json.loads(owner.ask("POST", "/api/v1/sources",
                                    {"protocol": "segment", "name": "Site", "ledger": True})[2])
        key = made["key"]
        check(until(owner, 0) == (True, 0), "an empty shop", orders(owner))
        check(sell(owner, key, 0, 40) == 200, "orders come live")
        check(not orders(owner)[0], "from then on the figures say that they are old")
        check(until(owner, 40) == (True, 40), "until the orders are in them", orders(owner))
        check(sell(owner, key, 20, 40) == 200, "some come again, with new ones")
        check(not orders(owner)[0], "and the figures are old again")
        server.process.kill()
        server.process.communicate()
        owner.server = server = Server(folder)
        check(until(owner, 60) == (True, 60), "what a kill left is brought in, each order once", orders(owner))
        check(server.end() == 0, "the server ends")
        found = doctor(folder)
        check(found["sound"] and all(f["state"] == "fine" for f in found["findings"]),
              "journal, engine and figures hold the same", found)
        shutil.rmtree(folder + "/engine")
        found = doctor(folder)
        check(not found["sound"], "the engine's folder is gone: that is told", found)
        owner.server = server = Server(folder)
        check(until(owner, 60) == (True, 60), "and made good by the next start", orders(owner))
        check(server.end() == 0 and doctor(folder)["sound"], "then all is well")


main()
end()
