#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long a shop waits for the answer to a webhook: hooks.py TIDEMARK [SECONDS [RATE]].

So many orders a second over 16 connections, each signed and acknowledged from stable storage; beside
them, in the same run and over the same connections, /healthz, which stores nothing. Waits are counted
from when a request was due, so that a server that stands still is not spared. Prints milliseconds.
"""
import base64
import hashlib
import hmac
import http.client
import json
import pathlib
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "tests" / "web"))
from client import Client, Server  # noqa: E402

CONNECTIONS, BOUND_MS = 16, 250
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10
rate = float(sys.argv[3]) if len(sys.argv) > 3 else 400


def order(i: int) -> tuple[bytes, dict]:
    lines = [{"sku": f"S{n}", "name": "A hat of felt, blue", "quantity": 1, "price": "10.00",
              "total_discount": "0.00", "tax_lines": [], "properties": []} for n in range(20)]
    raw = json.dumps({"id": 10**12 + i, "name": f"#{i}", "created_at": "2026-11-01T10:00:00Z",
                      "updated_at": "2026-11-01T10:00:05Z", "currency": "EUR",
                      "total_price": "200.00", "financial_status": "paid",
                      "email": f"p{i}@example.com", "line_items": lines}).encode()
    mac = base64.b64encode(hmac.new(b"hush", raw, hashlib.sha256).digest()).decode()
    return raw, {"X-Shopify-Topic": "orders/create", "X-Shopify-Hmac-SHA256": mac,
                 "X-Shopify-Webhook-Id": f"d{i}", "Content-Type": "application/json"}


def run(port: int, path: str) -> tuple[tuple[list[float], list[float]], int]:
    """Every other request is a webhook, every other one /healthz: the waits of both, failures."""
    waits: tuple[list[float], list[float]] = ([], [])
    failed = [0]
    begun = time.monotonic() + 0.2

    def client(k: int) -> None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for j in range(int(seconds * rate * 2 / CONNECTIONS)):
            i = j * CONNECTIONS + k
            due = begun + i / (rate * 2)
            raw, headers = order(i)
            time.sleep(max(0.0, due - time.monotonic()))
            is_hook = (j + k) % 2 == 0
            link.request("POST" if is_hook else "GET", path if is_hook else "/healthz",
                         raw if is_hook else None, headers if is_hook else {})
            answer = link.getresponse()
            answer.read()
            waits[0 if is_hook else 1].append((time.monotonic() - due) * 1000)
            failed[0] += is_hook and answer.status != 200

    threads = [threading.Thread(target=client, args=(k,)) for k in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits, failed[0]


def at(waits: list[float], share: float) -> float:
    return sorted(waits)[min(len(waits) - 1, int(len(waits) * share))]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop")
        owner = Client(server).first_owner()
        shop = json.loads(owner.ask("POST", "/api/v1/sources", {
            "name": "Shop", "protocol": "shopify", "secret": "hush"})[2])
        (hooks, health), failed = run(server.port, shop["path"])
        server.end()
    for name, waits in (("webhook", hooks), ("healthz", health)):
        print(f"{name}: {len(waits)} answers, p50 {at(waits, 0.5):.1f} p99 {at(waits, 0.99):.1f} "
              f"p99.99 {at(waits, 0.9999):.1f} ms")
    print(f"p99 webhook / healthz: {at(hooks, 0.99) / at(health, 0.99):.2f}, failed: {failed}")
    return 0 if not failed and at(hooks, 0.99) <= BOUND_MS else 1


if __name__ == "__main__":
    sys.exit(main())
