#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who asks something slow and goes away holds up nobody: the engine's statement ends, unless somebody
else waits for the same answer. gone.py TIDEMARK. Prints TAP."""
import http.client
import json
import os
import pathlib
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time

from client import Client, Server, check, comes_to, end, tidemark

LANES = 4  # statements of views at a time (src/web/desk.c)
SEARCH = "/api/v1/views/search?q="


class Asked:
    """A search whose answer nobody has read yet."""

    def __init__(self, owner: Client, word: str) -> None:
        self.link = socket.create_connection(("127.0.0.1", owner.server.port))
        self.link.sendall((f"GET {SEARCH}{word} HTTP/1.1\r\nHost: 127.0.0.1:{owner.server.port}\r\n"
                           f"Cookie: {owner.cookie}\r\n\r\n").encode())

    def leave(self) -> None:
        self.link.close()


def wrapper(folder: str) -> str:
    path = pathlib.Path(folder, "node")
    real = os.environ.get("TIDEMARK_NODE") or str(
        pathlib.Path(tidemark).parents[2] / "node" / "tidemark-node")
    beside = pathlib.Path(__file__).with_name("slow_node.py")
    path.write_text(f"#!/bin/sh\nexec '{sys.executable}' '{beside}' '{real}' '{folder}/note' \"$@\"\n",
                    encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def running(folder: str) -> int:
    """Slow statements that the engine itself knows of."""
    node = json.loads(pathlib.Path(folder, "note").read_text(encoding="utf-8"))
    link = http.client.HTTPConnection("127.0.0.1", node["port"], timeout=60)
    link.request("POST", "/", "SELECT query FROM system.processes FORMAT TSV", headers=node["headers"])
    answer = link.getresponse()
    text = answer.read().decode()
    link.close()
    return text.count("sleepEachRow(0.5)") if answer.status == 200 else -1


def lanes(owner: Client, folder: str) -> None:
    asked = [Asked(owner, f"slow{i}") for i in range(LANES)]
    check(comes_to(lambda: running(folder), lambda n: n == LANES, 10), "slow searches have all lanes",
          running(folder))
    late = Asked(owner, "slow-late")  # waits for a lane
    begun = time.monotonic()
    for one in [*asked, late]:
        one.leave()
    status, _, body = owner.ask("GET", SEARCH + "somebody")  # that nobody asked before
    took = time.monotonic() - begun
    check(status == 200 and took < 6, "they went away, and the next one is served at once", (took, status, body))
    check(comes_to(lambda: running(folder), lambda n: n == 0, 6), "the engine works for none of them any more",
          running(folder))
    rows = json.loads(owner.ask("GET", "/api/v1/views/customers?limit=1")[2])["rows"]
    again = owner.ask("GET", SEARCH + rows[0]["email"])
    check(again[0] == 200 and json.loads(again[2])["rows"], "a lane whose statement was ended answers as before",
          again)


def together(owner: Client, folder: str) -> None:
    """Two wait for one answer, and the one who asked first goes."""
    first = Asked(owner, "short-a")
    comes_to(lambda: running(folder), lambda n: n == 1, 10)
    second = []
    thread = threading.Thread(target=lambda: second.append(owner.ask("GET", SEARCH + "short-a")))
    thread.start()
    time.sleep(0.7)
    first.leave()
    most = 0
    while thread.is_alive():
        most = max(most, running(folder))
        thread.join(0.1)
    check(second[0][0] == 200 and most == 1, "who still waits gets the answer that the other asked for",
          (second[0], most))
    first, second = Asked(owner, "slow-b"), None
    comes_to(lambda: running(folder), lambda n: n == 1, 10)
    second = Asked(owner, "slow-b")
    time.sleep(0.7)
    first.leave()
    time.sleep(0.5)
    still = running(folder)
    second.leave()
    check(still == 1 and comes_to(lambda: running(folder), lambda n: n == 0, 6),
          "and it ends when both are gone", still)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo = pathlib.Path(folder, "demo")
        shop = folder + "/shop"
        subprocess.run([tidemark, "simulate", "--stage", "2", "--orders", "100", str(demo)],
                       check=True, capture_output=True)
        subprocess.run([tidemark, "init", "--currency", "EUR", shop], check=True, capture_output=True)
        for path in demo.rglob("orders*.csv"):
            subprocess.run([tidemark, "import", "-w", shop, str(path)], check=True, capture_output=True)
        server = Server(shop, env={"TIDEMARK_NODE": wrapper(folder)})
        owner = Client(server).first_owner()
        comes_to(lambda: owner.ask("GET", SEARCH + "nobody"), lambda a: a[0] == 200 and
              json.loads(a[2])["fresh"], 30)
        lanes(owner, folder)
        together(owner, folder)
        check(b'status="5xx"} 0' in owner.ask("GET", "/metrics")[2], "which is nobody's fault")
        check(server.end() == 0, "the server ends in order")
    end()


main()
