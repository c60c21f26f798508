#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How soon it is known who belongs to segments: members.py BUILD [PEOPLE [RATE [SECONDS]]].

Ten segments over PEOPLE who are known; then single events at rest, and RATE events a second in batches,
while figures are made anew beside them. From the moment a message came to its verdict being written down,
as the server counts it (GET /api/v1/segments).
"""
import http.client
import json
import pathlib
import random
import sys
import tempfile
import threading
import time

build = pathlib.Path(sys.argv[1]).resolve()
people = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
rate = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
seconds = int(sys.argv[4]) if len(sys.argv) > 4 else 60
sys.argv = [sys.argv[0], str(build / "src/cmd/tidemark")]
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/web"))
from client import Client, Server  # noqa: E402

BATCH, SENDERS = 25, 2
TEXTS = ("number_of_orders >= 2", "number_of_orders = 0", "amount_spent > 50", "life_stage = 'NEW'",
         "events('cart_add', time >= -4h, count >= 2)", "events('product_view', date >= -7d) AND number_of_orders = 0",
         "sequence(events('checkout_start', date >= -3d) THEN NOT orders() WITHIN 4h)", "last_seen_date >= -30d",
         "products_purchased MATCHES (title CONTAINS 'tea')", "abandoned_checkout_date >= -7d")
NAMES = ("Product Viewed", "Product Added", "Checkout Started", "Products Searched")
calls = random.Random(1)


def ask(client: Client, method: str, path: str, body: object = None) -> dict:
    text = client.ask(method, "/api/v1" + path, body)[2]
    return json.loads(text) if text else {}


def live(owner: Client) -> dict:
    return ask(owner, "GET", "/segments")["live"]


def event(key: str) -> dict:
    user = f"u{calls.randrange(people)}"
    if calls.random() < 0.05:
        return {"type": "track", "userId": user, "event": "Order Completed",
                "properties": {"order_id": f"{key}{calls.random()}", "total": 20, "currency": "EUR"}}
    return {"type": "track", "userId": user, "event": calls.choice(NAMES), "properties": {"product_id": "p1"}}


def send(port: int, key: str, batch: list) -> int:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    link.request("POST", "/v1/batch", json.dumps({"writeKey": key, "batch": batch}), {"Content-Type": "application/json"})
    status = link.getresponse().status
    link.close()
    return status


def load(port: int, key: str, until: float, sent: list) -> None:
    pause, due = BATCH * SENDERS / rate, time.monotonic()
    while time.monotonic() < until:
        sent.append(send(port, key, [event(key) for _ in range(BATCH)]))
        due += pause
        time.sleep(max(0, due - time.monotonic()))


with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
    server = Server(folder)
    owner = Client(server).first_owner()
    ask(owner, "PUT", "/settings", {"currency": "EUR"})
    key = ask(owner, "POST", "/sources", {"name": "Site", "ledger": True})["key"]
    for first in range(0, people, 500):
        send(server.port, key, [{"type": "identify", "userId": f"u{n}", "traits": {"email": f"u{n}@example.com"}}
                                for n in range(first, min(people, first + 500))])
    owner.wait(ask(owner, "POST", "/assessments", {})["job"])
    for i, text in enumerate(TEXTS):
        ask(owner, "POST", "/segments", {"name": f"s{i}", "text": text})
    while live(owner)["counting"] or any(s["members"] is None for s in ask(owner, "GET", "/segments")["segments"]):
        time.sleep(0.5)
    for _ in range(200):
        send(server.port, key, [event(key)])
        time.sleep(0.1)
    time.sleep(1)
    print("at rest:", json.dumps(live(owner)), flush=True)
    before, sent = live(owner), []
    threads = [threading.Thread(target=load, args=(server.port, key, time.monotonic() + seconds, sent)) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accepted = BATCH * sent.count(200)
    for _ in range(600):
        now = live(owner)
        if now["followed"] - before["followed"] >= accepted:
            break
        time.sleep(0.1)
    print(f"{accepted} events in {seconds} s:", json.dumps(now))
    server.end()
