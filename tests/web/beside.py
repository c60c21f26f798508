#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a shop keeps by name is looked at and changed by commands beside the running server, which goes by
it at once, as if it had been told over its API. beside.py TIDEMARK. Prints TAP."""
import json
import pathlib
import sqlite3
import subprocess
import tempfile

from client import Client, Server, check, comes_to, end, tidemark

FLOW = "name: {name}\nstart: {{event: {event}}}\nagain: always\nsteps:\n  - {{name: ring, ask: Ring, due: 1 day}}\n"
CAMPAIGN = """name: Spring
to: {include: {where: "number_of_orders > 0"}}
sends:
  - {name: opening, message: welcome-1, channel: email, when: 2030-01-01 09:00}
"""


class Shop:
    def __init__(self, folder: str) -> None:
        self.top, self.folder = pathlib.Path(folder), pathlib.Path(folder, "shop")
        self.command("init", str(self.folder), "--currency", "EUR", "--country", "DE", shop=False)
        self.server = Server(str(self.folder))
        self.owner, self.anybody = Client(self.server).first_owner(), Client(self.server)
        self.key = json.loads(self.owner.ask("POST", "/api/v1/sources", {"name": "Site", "ledger": True})[2])["key"]

    def command(self, *words: str, shop: bool = True, ok: bool = True) -> str:
        done = subprocess.run([tidemark, *words, "--lang", "en", *(["--workspace", str(self.folder)] if shop else [])],
                              capture_output=True, text=True)
        check((done.returncode == 0) == ok, " ".join(words[:2]) + (" beside the server" if shop else ""),
              done.stdout + done.stderr)
        return done.stdout if ok else done.stderr

    def set(self, what: str, text: str, ok: bool = True) -> str:
        path = self.top / f"{what}.yaml"
        path.write_text(text)
        return self.command(what, "set", str(path), ok=ok)

    def call(self, path: str) -> dict:
        return json.loads(self.owner.ask("GET", "/api/v1" + path)[2])

    def track(self, user: str, event: str, **properties) -> None:
        status = self.anybody.ask("POST", "/v1/track", {
            "writeKey": self.key, "userId": user, "event": event, "properties": properties,
            "context": {"traits": {"email": f"{user}@example.com"}}})[0]
        check(status == 200, f"{event} of {user} is taken", status)

    def ask(self, sql: str, *values) -> list:
        base = sqlite3.connect(self.folder / "outbox.db", timeout=30)
        try:
            return base.execute(sql, values).fetchall()
        finally:
            base.close()

    def started(self, flow: str) -> int:
        return next(f["started"] for f in self.call("/flows")["flows"] if f["name"] == flow)


def flows(shop: Shop) -> None:
    shop.set("flow", FLOW.format(name="Called", event="call_me"))
    shop.set("flow", FLOW.format(name="Watch", event="call_me"))
    check("off" in shop.command("flow", "list"), "flows are listed")
    shop.command("flow", "on", "Called")
    # Who starts had to come after the switch, and be seen by a server that knows of it: the first who does tells.
    tries = iter(range(1000))
    check(comes_to(lambda: shop.track(f"a{next(tries)}", "Call Me") or shop.started("Called"), lambda n: n > 0),
          "a flow that was switched on beside the server starts people")
    check(shop.started("Watch") == 0, "another does not")
    shop.command("flow", "on", "Watch")
    shop.command("flow", "off", "Called", "--stop")
    number = next(f["id"] for f in shop.call("/flows")["flows"] if f["name"] == "Called")
    check(comes_to(lambda: shop.ask("SELECT count(*) FROM run WHERE flow = ? AND outcome = 0", number)[0][0],
                   lambda n: n == 0), "one that was stopped stops who is on the way")
    check(comes_to(lambda: shop.track(f"b{next(tries)}", "Call Me") or shop.started("Watch"), lambda n: n > 0),
          "the other starts people now")
    before = shop.started("Called")
    shop.track("late", "Call Me")
    seen = shop.started("Watch")
    check(comes_to(lambda: shop.track(f"c{next(tries)}", "Call Me") or shop.started("Watch"), lambda n: n > seen)
          and shop.started("Called") == before, "and the first one nobody any more")
    shop.command("tasks", "done", "1")
    refused = shop.set("flow", FLOW.format(name="Bad", event="x").replace("1 day", "soon"), ok=False)
    check("soon" in refused, "what is wrong is refused as ever", refused)
    shop.command("flow", "remove", "Watch")
    check([f["name"] for f in shop.call("/flows")["flows"]] == ["Called"], "one is removed")


def segments(shop: Shop) -> None:
    shop.track("buyer", "Order Completed", order_id="1", total=20, currency="EUR")
    job = json.loads(shop.owner.ask("POST", "/api/v1/assessments", {})[2])["job"]
    check(shop.owner.wait(job)["state"] == "done", "the figures are made")
    shop.command("segment", "set", "Buyers", "number_of_orders > 0")
    number = next(s["id"] for s in shop.call("/segments")["segments"])
    check(comes_to(lambda: shop.call(f"/segments/{number}").get("members"), lambda n: n == 1),
          "a segment that was kept beside the server is counted without anybody's doing", shop.call(f"/segments/{number}"))
    shop.command("segment", "set", "Buyers", "number_of_orders > 1")
    check(comes_to(lambda: shop.call(f"/segments/{number}").get("members"), lambda n: n == 0), "and counted anew")
    shop.track("buyer", "Order Completed", order_id="2", total=20, currency="EUR")
    check(comes_to(lambda: shop.call(f"/segments/{number}").get("members"), lambda n: n == 1), "and followed")
    shop.command("segment", "remove", "Buyers")
    refused = shop.command("segment", "count", ok=False)
    check("in use" in refused, "what needs the engine waits for the server", refused)


def others(shop: Shop) -> None:
    shop.set("message", "name: hello\nsubject: Hi\nhtml: <p>Hi</p>\n")
    check([m["name"] for m in shop.call("/messages")["messages"]] == ["hello"], "a message is there")
    shop.set("campaign", CAMPAIGN)
    check([c["name"] for c in shop.call("/campaigns")["campaigns"]] == ["Spring"], "a campaign is there")
    check("Spring" in shop.command("campaign", "status", "Spring"), "its state is told")


with tempfile.TemporaryDirectory() as folder:
    shop = Shop(folder)
    flows(shop)
    segments(shop)
    others(shop)
    shop.server.end()
end()
