#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Whose a live message is, as who watches is told: somebody known, somebody new, two who became one,
nobody after an erasure; what waits on a person's page; and that those who watch hold up no one.
whose.py TIDEMARK. Prints TAP."""
import json
import socket
import tempfile
import threading
import time

from client import PASSWORD, Client, Server, check, end

KNOWN, OTHER = "ann@example.com", "bob@example.com"
WATCHERS, CALLS, STREAMS_PER_ADDRESS = 32, 200, 32


class Shop:
    def __init__(self, server: Server) -> None:
        self.owner = Client(server).first_owner()
        self.owner.ask("PUT", "/api/v1/settings", {"currency": "EUR"})
        self.viewer, self.anybody = Client(server), Client(server)
        self.owner.ask("POST", "/api/v1/users", {"email": "viewer@example.com", "password": PASSWORD + "!",
                                                 "role": "viewer"})
        self.viewer.enter("viewer@example.com", PASSWORD + "!")
        self.key = json.loads(self.owner.ask("POST", "/api/v1/sources", {"name": "Site", "ledger": True})[2])["key"]

    def send(self, call: str, **body) -> int:
        return self.anybody.ask("POST", f"/v1/{call}", {"writeKey": self.key, **body})[0]

    def read(self, path: str, who: Client | None = None) -> dict:
        return json.loads((who or self.owner).ask("GET", "/api/v1" + path)[2])

    def settle(self) -> None:
        """The figures have all that came: an assessment makes them without waiting for their turn."""
        job = json.loads(self.owner.ask("POST", "/api/v1/assessments", {})[2])["job"]
        done = self.owner.wait(job)
        check(done["state"] == "done", "the figures are made", done)

    def events(self, who: Client | None = None, seconds: int = 0) -> list[tuple[str, dict]]:
        text = (who or self.owner).ask("GET", f"/api/v1/live/events?people=1&seconds={seconds}")[2].decode()
        found = []
        for block in text.split("\n\n"):
            rows = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != ":")
            if "event" in rows:
                found.append((rows["event"], json.loads(rows["data"])))
        return found

    def newest(self, name: str, who: Client | None = None, again: tuple[str, dict] | None = None) -> dict:
        """The newest message of that name, once it is known whose it is or that nobody can tell. What came
        in a second with too many others to be shown is sent `again`."""
        for i in range(900):
            if again and i % 15 == 0:
                self.send(again[0], **again[1])
            came = [data for kind, data in self.events(who) if kind == "came" and data["name"] == name]
            if came and came[-1]["whose"]["state"] not in ("soon", "unknown"):
                return came[-1]
            time.sleep(0.1)
        check(False, f"it is known whose {name} is", came[-1:])
        return {"whose": {}}

    def person(self, q: str) -> str:
        return next((r["person"] for r in self.read(f"/views/search?q={q}")["rows"]), "")


def known(shop: Shop) -> str:
    for n, mail in enumerate((KNOWN, OTHER)):
        shop.send("identify", userId=f"u{n}", traits={"email": mail})
        shop.send("track", userId=f"u{n}", event="Order Completed", timestamp="2026-11-10T10:00:00Z",
                  properties={"order_id": f"o{n}", "total": 20, "currency": "EUR"})
    shop.settle()
    ann = shop.person(KNOWN)
    shop.send("track", userId="u0", event="Came Back")
    told = shop.newest("Came Back")["whose"]
    check(told == {"state": "person", "new": False, "joined": 0, "id": ann, "page": ann, "label": KNOWN},
          "a message of somebody known names the person and the page", (told, ann))
    told = shop.newest("Came Back", shop.viewer)
    check(told["whose"] == {"state": "person", "new": False, "joined": 0} and "person" not in told,
          "who may not see people hears that it is somebody known, not who", told)
    return ann


def waiting(shop: Shop, ann: str) -> None:
    found = shop.read(f"/people/{ann}/waiting")
    if found["n"]:  # else the figures were faster
        check([e["name"] for e in found["events"]] == ["Came Back"] and found["events"][0]["kind"] == "other",
              "what came from the person waits for the figures", found)
    shop.settle()
    check(shop.read(f"/people/{ann}/waiting")["n"] == 0, "when they are made it waits no longer")
    for _ in range(10):  # figures may be made meanwhile, then not again for a minute
        shop.send("batch", batch=[{"type": "track", "userId": "u0", "event": "Step"} for _ in range(61)])
        shop.newest("Step", again=("track", {"userId": "u0", "event": "Step"}))
        found = shop.read(f"/people/{ann}/waiting", shop.viewer)
        if found["n"] > 60:
            break
    check(found["state"] == "ready" and found["n"] > 60 and len(found["events"]) == 50,
          "so many that the newest are told", (found["n"], len(found["events"])))
    check(KNOWN not in json.dumps(found), "and nobody is named")
    for wrong in "x", "1" * 21, "-1":
        check(shop.owner.ask("GET", f"/api/v1/people/{wrong}/waiting")[0] == 404, f"{wrong} is nobody's number")


def joined(shop: Shop, ann: str) -> None:
    page = {"anonymousId": "d9", "name": "A Visitor"}
    check(shop.newest("A Visitor", again=("page", page))["whose"] == {"state": "visitor"}, "of a device that nobody is known on")
    shop.send("identify", anonymousId="d9", userId="u9")
    shop.send("page", anonymousId="d9", name="Now Known")
    told, before = shop.newest("Now Known")["whose"], shop.newest("A Visitor")["whose"]
    check(told["state"] == "person" and told["id"] != ann and told.get("page") in (None, told["id"]),
          "somebody new has a page once the figures have the person", told)
    check(before.get("id") == told["id"], "what the device did before is theirs, too", before)
    shop.send("alias", userId="u0", previousId="u9")
    shop.send("page", anonymousId="d9", name="Joined")
    now, earlier = shop.newest("Joined")["whose"], shop.newest("Now Known")["whose"]
    check(now["id"] == earlier["id"] and now.get("page") in (ann, told["id"], now["id"]),
          "an alias makes two one: from then on it is that person", (now, earlier))


def later(shop: Shop) -> None:
    """Who watches hears when it is known otherwise by now."""
    told: list = []
    for n in range(5):  # a slow machine may find it out after the watch
        heard: list = []
        shop.newest(f"Watched {n}", again=("page", {"anonymousId": f"w{n}", "name": f"Watched {n}"}))
        thread = threading.Thread(target=lambda: heard.extend(shop.events(seconds=6)))
        thread.start()
        time.sleep(1)  # while it watches
        shop.send("identify", anonymousId=f"w{n}", userId=f"w{n}")
        thread.join()
        numbers = {data["number"] for kind, data in heard if kind == "came" and data["name"] == f"Watched {n}"}
        told = [data["whose"]["state"] for kind, data in heard if kind == "whose" and data["number"] in numbers]
        if told:
            break
    check(told and set(told) == {"person"}, "of a message told before it is told who it was", told)


def erased(shop: Shop, ann: str) -> None:
    job = json.loads(shop.owner.ask("POST", "/api/v1/people/erase", {"who": KNOWN, "confirm": "erase"})[2])["job"]
    done = shop.owner.wait(job)
    shown = json.dumps(shop.events()) + json.dumps(shop.read(f"/people/{ann}/waiting"))
    check(done["state"] == "done" and ann not in shown and KNOWN not in shown,
          "somebody who is erased is nobody at once", done)
    shop.settle()
    shop.send("track", userId="u1", event="Still Here")
    check(shop.newest("Still Here")["whose"].get("page") == shop.person(OTHER), "others are known after it")
    check(ann not in json.dumps(shop.events()), "and the person is not")


def metrics(shop: Shop) -> dict:
    text = shop.anybody.ask("GET", "/metrics")[2].decode()
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")


def deaf(server: Server, shop: Shop, address: str) -> socket.socket:
    """Watches, and reads nothing of it."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    link.bind((address, 0))
    link.connect(("127.0.0.1", server.port))
    link.sendall(f"GET /api/v1/live/events?people=1 HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                 f"Cookie: {shop.owner.cookie}\r\n\r\n".encode())
    return link


def slow(server: Server, shop: Shop) -> None:
    links = [deaf(server, shop, "127.0.4.1") for _ in range(WATCHERS)]
    for _ in range(100):
        if int(metrics(shop)["tidemark_requests_active"]) > WATCHERS:
            break
        time.sleep(0.1)
    longest, wrong = 0.0, 0
    for i in range(CALLS):
        begun = time.monotonic()
        wrong += shop.send("track", userId=f"s{i}", event="x" * 200) != 200
        longest = max(longest, time.monotonic() - begun)
    check(wrong == 0 and longest < 10, f"{WATCHERS} who watch and do not read hold up no message", longest)
    refused = deaf(server, shop, "127.0.4.1")
    refused.settimeout(20)
    check(b" 503 " in refused.recv(4096).split(b"\r\n")[0], f"an address watches {STREAMS_PER_ADDRESS} times at most")
    check(shop.events()[0][0] == "begin", "another one does meanwhile")
    for link in (*links, refused):
        link.close()


with tempfile.TemporaryDirectory() as folder:
    server = Server(folder)
    shop = Shop(server)
    ann = known(shop)
    waiting(shop, ann)
    joined(shop, ann)
    later(shop)
    slow(server, shop)
    erased(shop, ann)
    found = metrics(shop)
    told = shop.read("/sources", shop.viewer)["people"]
    check(told["state"] == "ready" and told["identifiers"] > 3 and told["bytes"] > 0 and told["waiting"] == 0,
          "how many are known, and in how much memory, stands with the sources", told)
    check(not any("identifiers" in name or "bytes" in name for name in found) and
          found['tidemark_live_people_seconds{of="known",share="0.99"}'], "how long it takes is among the metrics", found)
    check(server.end() == 0, "the server ends")
end()
