#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who withdraws is suppressed within a second of the answer: at_once.py TIDEMARK. Prints TAP.

So is whoever names a log-in, a device or a customer's number alone, at every address that is known, or
as soon as one is.

Over each protocol, when it is quiet, while tens of thousands of events come in and the figures are
made; and, when the server is killed with the answer on its way, before anybody reads suppression.
What is drained later adds nothing to what was noted at once.
"""
import json
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time

from client import Client, Server, check, end, tidemark
from hooks_sign import shopify

API = "/api/v1"
KILLS = 12


class Shop:
    def __init__(self, folder: str, server: Server, owner: Client) -> None:
        self.folder, self.server, self.owner, self.n = folder, server, owner, 0
        self.customers = {}
        make = lambda **source: json.loads(owner.ask("POST", API + "/sources", source)[2])
        self.key = make(name="Site")["key"]
        self.hook = make(name="Shop", protocol="shopify", secret="hush")["path"]

    def segment(self, kind: str, mail: str, **body) -> int:
        self.n += 1
        return Client(self.server).ask("POST", "/v1/" + kind, {
            "writeKey": self.key, "messageId": f"m{self.n}", "userId": mail,
            "context": {"traits": {"email": mail}}, **body})[0]

    def shopify(self, mail: str) -> int:
        self.n += 1
        raw = json.dumps({"customer_id": self.n, "email_address": mail, "email_marketing_consent": {
            "state": "unsubscribed", "consent_updated_at": "2026-11-02T10:00:00Z"}}).encode()
        sent = shopify(raw, topic="customers_email_marketing_consent/update", delivery=f"d{self.n}")
        return Client(self.server).ask("POST", self.hook, None, sent, raw=raw)[0]

    def reason(self, mail: str) -> object:
        told = self.owner.ask("POST", API + "/suppression/check", {"who": mail, "channel": "email"})
        return json.loads(told[2]).get("reason") if told[0] == 200 else told

    def seconds(self, mail: str) -> float:
        begun = time.monotonic()
        while time.monotonic() < begun + 20:
            asked = time.monotonic()
            if self.reason(mail) in ("unsubscribed", "complaint"):
                return asked - begun
            time.sleep(0.02)
        return 99.0


def ways(s: Shop, name: str) -> list:
    return [("a track", lambda: s.segment("track", f"a-{name}@example.com", event="Unsubscribed"),
             f"a-{name}@example.com"),
            ("a complaint", lambda: s.segment("track", f"b-{name}@example.com",
                                              event="Email Marked as Spam"), f"b-{name}@example.com"),
            ("a trait", lambda: s.segment("identify", f"c-{name}@example.com", traits={
                "email": f"c-{name}@example.com", "unsubscribed": True}), f"c-{name}@example.com"),
            ("a webhook", lambda: s.shopify(f"d-{name}@example.com"), f"d-{name}@example.com")]


def withdraw(s: Shop, name: str, state: str) -> None:
    for way, send, mail in ways(s, name):
        status = send()
        took = s.seconds(mail)
        check(status == 200 and took < 1, f"{state}, {way} counts within a second", (status, took))


def people(s: Shop) -> bool:
    """Whether it is known who everybody is."""
    for _ in range(600):
        told = json.loads(s.owner.ask("GET", API + "/sources")[2])["people"]
        if told["state"] == "ready" and told["waiting"] == 0:
            return True
        time.sleep(0.1)
    return False


def tell(s: Shop, kind: str, **body) -> int:
    s.n += 1
    return Client(s.server).ask("POST", "/v1/" + kind, {
        "writeKey": s.key, "messageId": f"n{s.n}", **body})[0]


def hook(s: Shop, topic: str, body: dict) -> int:
    s.n += 1
    raw = json.dumps(body).encode()
    return Client(s.server).ask("POST", s.hook, None, shopify(raw, topic=topic, delivery=f"n{s.n}"),
                                raw=raw)[0]


def meet(s: Shop, name: str) -> None:
    """Somebody by log-in and device, and a customer of the shop: with an address each."""
    tell(s, "identify", userId="u-" + name, anonymousId="d-" + name,
         traits={"email": f"u-{name}@example.com"})
    tell(s, "identify", userId="u-" + name, traits={"email": f"second-{name}@example.com"})
    hook(s, "customers/update", {"id": 5000 + s.n, "email": f"c-{name}@example.net",
                                 "updated_at": "2026-11-01T00:00:00Z"})


def unnamed(s: Shop, name: str, way: str) -> int:
    """A withdrawal of somebody met before that tells no address."""
    if way == "customer":
        return hook(s, "customers_email_marketing_consent/update", {
            "customer_id": s.customers[name], "email_marketing_consent": {
                "state": "unsubscribed", "consent_updated_at": "2026-11-02T10:00:00Z"}})
    who = {"anonymousId": "d-" + name} if way == "device" else {"userId": "u-" + name}
    if way == "trait":
        return tell(s, "identify", **who, traits={"unsubscribed": True})
    if way == "banner":
        return tell(s, "track", **who, event="Consent Withdrawn",
                    properties={"purpose": "marketing", "channel": "email"})
    return tell(s, "track", **who, event="Unsubscribed")


WAYS = ["log-in", "trait", "banner", "device", "customer"]


def numbers(s: Shop, state: str, ways: list) -> None:
    for way in ways:
        name = f"{way}-{s.n}"
        s.customers[name] = 5000 + s.n + 2
        meet(s, name)
        mails = ([f"c-{name}@example.net"] if way == "customer" else
                 [f"u-{name}@example.com", f"second-{name}@example.com"])
        check(people(s), "it is known who everybody is")
        check([s.reason(mail) for mail in mails] == [None] * len(mails), "and may be written to")
        status = unnamed(s, name, way)
        took = [s.seconds(mail) for mail in mails]
        check(status == 200 and max(took) < 1, f"{state}, a {way} alone counts for the person's addresses",
              (status, took))


def later(s: Shop) -> None:
    """Whom nobody knows yet: the word waits for the address."""
    for way in ("log-in", "device"):
        name = f"{way}-{s.n}"
        check(unnamed(s, name, way) == 200, f"a {way} that nobody knows withdraws")
        check(people(s) and s.reason(f"u-{name}@example.com") is None, "which is nobody's address yet")
        meet(s, name)
        took = s.seconds(f"u-{name}@example.com")
        check(took < 1, "it counts as soon as there is one", took)


def held(s: Shop) -> None:
    """Who hands messages over holds the ledger: the word waits for it, and is not lost."""
    name = f"held-{s.n}"
    meet(s, name)
    check(people(s), "it is known who everybody is")
    with sqlite3.connect(s.folder + "/consent.db", isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        begun = time.monotonic()
        status = unnamed(s, name, "log-in")
        answered = time.monotonic() - begun
        time.sleep(2)
        check(s.reason(f"u-{name}@example.com") is None, "nobody writes while the ledger is held")
        db.execute("ROLLBACK")
    check(status == 200 and answered < 1, "the answer does not wait for it", (status, answered))
    took = s.seconds(f"u-{name}@example.com")
    check(took < 2, "let go, the word counts", took)


def killed_unnamed(s: Shop) -> None:
    name = f"killed-{s.n}"
    meet(s, name)
    check(people(s), "it is known who everybody is")
    status = unnamed(s, name, "log-in")
    s.server.process.send_signal(signal.SIGKILL)
    s.server.process.wait()
    s.server = s.owner.server = Server(s.folder)
    check(status == 200 and s.seconds(f"u-{name}@example.com") < 20,
          "killed with the answer, the next start goes on with it")


def much(s: Shop, until: threading.Event, sent: list) -> None:
    """Batches of events, so that the drain is in haste and the figures are under way."""
    event = {"type": "track", "event": "Product Viewed", "timestamp": "2026-11-02T10:00:00Z",
             "properties": {"product_id": "H1", "price": 10}}
    while not until.is_set():
        batch = [event | {"messageId": f"x{sent[0] + i}", "anonymousId": f"dev{(sent[0] + i) % 5000}"}
                 for i in range(2000)]
        Client(s.server).ask("POST", "/v1/batch", {"writeKey": s.key, "batch": batch})
        sent[0] += len(batch)


def busy(s: Shop) -> None:
    over, sent = threading.Event(), [0]
    threads = [threading.Thread(target=much, args=(s, over, sent)) for _ in range(1)]
    for thread in threads:
        thread.start()
    for turn in range(4):
        wanted = 15000 * (turn + 1)
        while sent[0] < wanted:
            time.sleep(0.05)
        withdraw(s, f"busy{turn}", f"with {wanted} events just come")
        numbers(s, f"with {wanted} events just come", [WAYS[turn]])
    over.set()
    for thread in threads:
        thread.join()


def killed(s: Shop) -> None:
    lost = []
    for i in range(KILLS):
        mail = f"kill{i}@example.com"
        status = s.segment("track", mail, event="Unsubscribed")
        s.server.process.send_signal(signal.SIGKILL)
        s.server.process.wait()
        told = subprocess.run([tidemark, "suppression", "check", mail, "--channel", "email", "--json",
                               "--workspace", s.folder], capture_output=True, text=True, check=False)
        if status != 200 or "unsubscribed" not in told.stdout:
            lost.append((i, status, told.stdout + told.stderr))
        s.server = s.owner.server = Server(s.folder)
    check(not lost, f"killed {KILLS} times with the answer, no withdrawal is lost", lost)


def once(s: Shop) -> None:
    for _ in range(600):
        if json.loads(s.owner.ask("GET", API + "/sources")[2])["sources"][0].get("waiting") == 0:
            break
        time.sleep(0.1)
    with sqlite3.connect(f"file:{s.folder}/consent.db?mode=ro", uri=True) as db:
        twice = db.execute("SELECT address, count(*) FROM entry GROUP BY address, channel"
                           " HAVING count(*) > 1").fetchall()
        n = db.execute("SELECT count(DISTINCT address) FROM entry").fetchone()[0]
    check(not twice and n == 20 + KILLS + len(WAYS) + 4 + 2 + 1 + 1, "drained, each is one entry", (twice, n))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop")
        owner = Client(server).first_owner()
        shop = Shop(folder + "/shop", server, owner)
        withdraw(shop, "quiet", "when it is quiet")
        numbers(shop, "when it is quiet", WAYS)
        later(shop)
        held(shop)
        busy(shop)
        killed(shop)
        killed_unnamed(shop)
        check(shop.server.end() == 0, "the server ends")
        shop.server = shop.owner.server = Server(shop.folder)
        once(shop)
        with sqlite3.connect(f"file:{shop.folder}/journal.db?mode=ro", uri=True) as db:
            check(db.execute("SELECT count(*) FROM urgent").fetchone()[0] <= 8,
                  "marks of what was noted are gone")
        check(shop.server.end() == 0, "the server ends")
        done = subprocess.run([tidemark, "consent", "verify", "--workspace", shop.folder],
                              capture_output=True, text=True, check=False)
        check(done.returncode == 0, "the ledger is sound", done.stdout + done.stderr)
    end()


if __name__ == "__main__":
    main()
