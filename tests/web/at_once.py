#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who withdraws is suppressed within a second of the answer: at_once.py TIDEMARK. Prints TAP.

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
    check(not twice and n == 20 + KILLS, "drained, each is one entry", (twice, n))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop")
        owner = Client(server).first_owner()
        shop = Shop(folder + "/shop", server, owner)
        withdraw(shop, "quiet", "when it is quiet")
        busy(shop)
        killed(shop)
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
