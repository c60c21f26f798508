#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Webhooks of shops: hooks.py TIDEMARK. Prints TAP.

What is signed is kept once and answered with 200; what is not is worth nothing, whatever it says.
"""
import concurrent.futures
import datetime
import json
import pathlib
import subprocess
import tempfile

from client import Client, Server, check, end, tidemark
from hooks_sign import shopify, sign, woo

ORDER = {"id": 5512345678901, "name": "#1001", "created_at": "2026-11-01T10:00:00Z",
         "updated_at": "2026-11-01T10:00:05Z", "currency": "EUR", "total_price": "20.00",
         "financial_status": "paid", "email": "jon@example.com", "browser_ip": "192.0.2.7"}


def tally(owner: Client, source: int) -> tuple:
    all_of = json.loads(owner.ask("GET", "/api/v1/sources")[2])["sources"]
    return next((s["stored"], s["repeated"], s["refused"]) for s in all_of if s["id"] == source)


def add(owner: Client, **source) -> dict:
    status, _, body = owner.ask("POST", "/api/v1/sources", source)
    check(status == 201 and b"hush" not in body, f"{source['name']} is connected", (status, body))
    return json.loads(body)


def deliveries(owner: Client, shop: dict) -> None:
    nobody, raw = Client(owner.server), json.dumps(ORDER).encode()
    path = shop["path"]
    send = lambda headers, body=raw, where=path: nobody.ask("POST", where, None, headers, raw=body)
    got = send(shopify(raw))
    check(got[0] == 200 and json.loads(got[2]) == {"success": True}, "a delivery is taken", got)
    check("set-cookie" not in got[1], "without a session")
    check(send(shopify(raw))[0] == 200 and tally(owner, shop["id"]) == (1, 1, 0),
          "sent again it is kept once", tally(owner, shop["id"]))
    changed = raw.replace(b"20.00", b"0.20")
    for what, headers, body, where in (
            ("another secret", shopify(raw, "shush"), raw, path),
            ("a changed body", shopify(raw), changed, path),
            ("no signature", {"X-Shopify-Topic": "orders/create"}, raw, path),
            ("an address of nobody", shopify(raw), raw, "/hooks/" + "a" * 32),
            ("the other system's header", woo(raw), raw, path),
            ("an unsigned ping of a system without", {}, b"webhook_id=1", path)):
        status, got, answer = send(headers, body, where)
        check(status == 401 and b"jon@" not in answer, f"{what} is refused", (status, answer))
    check(tally(owner, shop["id"]) == (1, 1, 0), "and leaves nothing")
    test = json.dumps(ORDER | {"test": True}).encode()
    check(send(shopify(test, delivery="d2"), test)[0] == 200 and
          send(shopify(raw, delivery="d3", topic="themes/publish"))[0] == 200 and
          tally(owner, shop["id"]) == (1, 1, 2), "test orders and other topics are refused, counted",
          tally(owner, shop["id"]))
    refused = json.loads(owner.ask("GET", f"/api/v1/sources/{shop['id']}/refused")[2])["refused"]
    check([r["reason"] for r in refused] == ["no_topic", "test_order"] and
          "jon@example.com" not in json.dumps(refused), "and shown without the person", refused)
    big = b'{"id":1,"tags":"' + b"x" * ((1 << 20) - 18) + b'"}'
    check(send(shopify(big, delivery="d4"), big)[0] == 200, "an order may have a megabyte")
    check(send(shopify(big + b" ", delivery="d5"), big + b" ")[0] in (400, 413), "and no more")


def keys(owner: Client, shop: dict, site: dict) -> None:
    """A shop's key lets nobody write, and a site's key is no shop."""
    nobody, raw = Client(owner.server), json.dumps(ORDER).encode()
    forged = {"writeKey": shop["key"], "userId": "u", "event": "e", "topic": "orders/create",
              "payload": ORDER}
    check(nobody.ask("POST", "/v1/track", forged)[0] == 401, "a shop's key is no write key")
    check(nobody.ask("POST", "/hooks/" + site["key"], None, shopify(raw, ""), raw=raw)[0] == 401,
          "a write key is no shop's")


def secrets(owner: Client, shop: dict) -> None:
    nobody, raw = Client(owner.server), json.dumps(ORDER).encode()
    put = lambda secret: owner.ask("PUT", f"/api/v1/sources/{shop['id']}/secret",
                                   {"secret": secret})[0]
    send = lambda secret, delivery: nobody.ask("POST", shop["path"], None,
                                               shopify(raw, secret, delivery), raw=raw)[0]
    check(put("fresh\nhush") == 204 and send("hush", "s1") == 200 and send("fresh", "s2") == 200,
          "during a change both secrets count")
    check(put("fresh") == 204 and send("hush", "s3") == 401 and send("fresh", "s4") == 200,
          "then the new one")
    check(put("") == 400 and put(" ") == 400, "there is always one")
    check(owner.ask("POST", "/api/v1/sources",
                    {"name": "x", "protocol": "shopify", "secret": ""})[0] == 400,
          "a shop is not connected with an empty one")


def woocommerce(owner: Client) -> None:
    nobody, shop = Client(owner.server), add(owner, name="Woo", protocol="woocommerce",
                                             secret="hush")
    send = lambda headers, body: nobody.ask("POST", shop["path"], None, headers, raw=body)[0]
    check(send({"Content-Type": "application/x-www-form-urlencoded"}, b"webhook_id=12") == 200,
          "a ping is answered")
    one, two = b'{"id":1,"total":"1.00"}', b'{"id":2,"total":"1.00"}'
    check(send(woo(one), one) == 200 and send(woo(two), two) == 200 and
          send(woo(two), two) == 200 and tally(owner, shop["id"]) == (2, 1, 0),
          "two orders of one second are two", tally(owner, shop["id"]))
    owner.ask("DELETE", f"/api/v1/sources/{shop['id']}")
    check(send(woo(one, delivery="d9"), one) == 401, "a shop that was taken away sends nothing")


def crowd(owner: Client, shop: dict) -> None:
    """Deliveries at the same time, each twice: every one once."""
    before = tally(owner, shop["id"])

    def send(i: int) -> int:
        raw = json.dumps(ORDER | {"id": i}).encode()
        return Client(owner.server).ask("POST", shop["path"], None,
                                        shopify(raw, "fresh", f"c{i}"), raw=raw)[0]

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, [i // 2 + 1 for i in range(400)]))
    after = tally(owner, shop["id"])
    check(set(answers) == {200} and after[0] - before[0] == 200 and after[1] - before[1] == 200,
          "400 deliveries at once, 200 of them again", (set(answers), before, after))


def duties(owner: Client, shop: dict) -> None:
    """What the law asks is taken like the rest, and shown with its day."""
    raw = b'{"shop_id":1,"customer":{"id":77,"email":"jon@example.com"},"orders_to_redact":[1]}'
    for i, topic in enumerate(("customers/data_request", "customers/redact", "shop/redact")):
        status = Client(owner.server).ask("POST", shop["path"], None,
                                          shopify(raw, "fresh", f"l{i}", topic), raw=raw)[0]
        check(status == 200, f"{topic} is taken", status)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop")
        owner = Client(server).first_owner()
        shop = add(owner, name="Shop", protocol="shopify", secret="hush")
        site = json.loads(owner.ask("POST", "/api/v1/sources", {"name": "Site"})[2])
        deliveries(owner, shop)
        keys(owner, shop, site)
        secrets(owner, shop)
        woocommerce(owner)
        crowd(owner, shop)
        duties(owner, shop)
        check(server.end() == 0, "the server ends")
        told = subprocess.run([tidemark, "sources", "duties", "--workspace", folder + "/shop",
                               "--json"], capture_output=True, check=False).stdout
        day = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(30)).date().isoformat()
        check(sorted((d["kind"], d["due_at"][:10]) for d in json.loads(told or "[]")) ==
              [(kind, day) for kind in ("erase_person", "erase_shop", "tell")],
              "what the law asks is shown", told)
        kept = b"".join(p.read_bytes() for p in pathlib.Path(folder).rglob("*")
                        if p.is_file() and p.suffix != ".key" and "engine" not in str(p))
        check(b"5512345678901" in kept and b"192.0.2.7" not in kept and
              not any(word in kept for word in (b"hush", b"fresh\n")),
              "what must not be kept is nowhere")
    end()


if __name__ == "__main__":
    main()
