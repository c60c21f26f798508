#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A person is erased from everything: erase.py TIDEMARK. Prints TAP.

Somebody comes in by a file, by live events and by webhooks, is looked for on the pages, told
wholly, and erased by a process that is killed at every step. Then no file has a byte of the person,
sums are what they were, and nothing that is old brings the person back.
"""
import csv
import io
import json
import os
import pathlib
import shutil
import tempfile

from client import Client, Server, check, end
from hooks import add, shopify
from traces import hits, killed_at_steps, run

MAIL, PHONE, DEVICE, LOGIN = ("canary.person@example.com", "+447700900987", "device-canary-4711",
                              "login-canary-815")
CANARIES = [b"canary.person", b"canary%2eperson", b"7700900987", b"device-canary", b"login-canary",
            b"canarysson", b"canary street", b"canaryville"]
ORDER = {"id": 5512345678901, "name": "#1001", "created_at": "2026-11-01T10:00:00Z",
         "processed_at": "2026-11-01T10:00:00Z", "updated_at": "2026-11-01T10:00:05Z",
         "currency": "EUR", "total_price": "21.00", "financial_status": "paid", "email": MAIL,
         "customer": {"id": 99887766, "email": MAIL, "first_name": "Cleo", "phone": PHONE,
                      "last_name": "Canarysson"},
         "shipping_address": {"address1": "1 Canary Street", "city": "Canaryville"},
         "line_items": [{"sku": "H1", "name": "Hat", "quantity": 1, "price": "21.00"}]}
OTHER = ORDER | {"id": 5512345678902, "name": "#1002", "email": "else@example.com",
                 "customer": {"id": 12345, "email": "else@example.com"},
                 "shipping_address": {"address1": "2 Other Street", "city": "Otherville"}}


def files(shop: str) -> None:
    rows = ["event_id,event,occurred_at,anonymous_id,email,page",
            f"f1,page_view,2026-10-01T09:00:00Z,{DEVICE},{MAIL.upper()},/hats",
            "f2,page_view,2026-10-01T09:00:00Z,device-other,else@example.com,"
            "/from?who=canary.person%40example.com"]
    pathlib.Path(shop + "-in").mkdir(exist_ok=True)
    pathlib.Path(shop + "-in/events.csv").write_text("\n".join(rows) + "\n")
    pathlib.Path(shop + "-in/orders.csv").write_text(
        "order_id,ordered_at,total,currency,email,status\n"
        f"A1,2026-10-02T10:00:00Z,30.00,EUR,{MAIL},paid\n"
        "A2,2026-10-02T10:00:00Z,5.00,EUR,else@example.com,paid\n")


def live(server: Server, owner: Client) -> tuple[dict, dict]:
    shop = add(owner, name="Shop", protocol="shopify", secret="hush")
    site = json.loads(owner.ask("POST", "/api/v1/sources", {"name": "Site"})[2])
    send_live(server, shop, site)
    return shop, site


def send_live(server: Server, shop: dict, site: dict, mark: str = "") -> None:
    nobody = Client(server)
    for i, order in enumerate((ORDER, OTHER)):
        raw = json.dumps(order).encode()
        check(nobody.ask("POST", shop["path"], None, shopify(raw, delivery=f"{mark}d{i}"),
                         raw=raw)[0] == 200, "a webhook is taken")
    raw = json.dumps({"customer": {"id": 99887766, "email": MAIL, "phone": PHONE}}).encode()
    sent = shopify(raw, delivery=mark + "r", topic="customers/redact")
    check(mark or nobody.ask("POST", shop["path"], None, sent, raw=raw)[0] == 200,
          "so is the platform's request")
    events = [{"type": "identify", "userId": LOGIN, "anonymousId": DEVICE,
               "traits": {"email": MAIL, "phone": PHONE, "firstName": "Cleo",
                          "lastName": "Canarysson", "address": {"city": "Canaryville"}}},
              {"type": "track", "event": "Product Viewed", "anonymousId": DEVICE,
               "properties": {"note": "Canary Street"}},
              {"type": "group", "userId": LOGIN, "groupId": "g1"},
              {"type": "page", "anonymousId": "device-other", "name": "x"}]
    for i, event in enumerate(events):
        event |= {"messageId": f"{mark}m{i}", "timestamp": "2026-11-02T10:00:00Z"}
    status = nobody.ask("POST", "/v1/batch", {"writeKey": site["key"], "batch": events})[0]
    check(status == 200, "events are taken", status)


def revenue(shop: str) -> list:
    rows = csv.DictReader(io.StringIO(run("show", "revenue", "--workspace", shop, "--csv")))
    return [(r["key"], r["revenue"], r["orders"]) for r in rows]


def erase_killed(shop: str) -> None:
    killed = killed_at_steps(shop, "people", "erase", MAIL)
    check(killed >= 4, "an erasure is killed at its steps", killed)
    told = json.loads(run("people", "erasures", "--json", "--workspace", shop))
    check([e["step"] for e in told] == ["done"] and not told[0]["problem"],
          "and is finished by who comes next", told)
    check(told[0]["messages"] >= 4 and told[0]["orders"] == 2 and
          "canary" not in json.dumps(told).replace("orders.csv", ""), "what it took is told", told)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = folder + "/shop"
        files(shop)
        server = Server(shop)
        owner = Client(server).first_owner()
        hook, site = live(server, owner)
        owner.ask("GET", "/api/v1/views/search?q=canary")
        check(server.end() == 0, "the server ends")
        run("import", "--workspace", shop, shop + "-in/events.csv", shop + "-in/orders.csv")
        before = revenue(shop)
        check(sum(float(r[1]) for r in before) == 77.0, "all orders count", before)
        check(bool(hits(shop, CANARIES)), "the person is there")
        run("people", "export", LOGIN, "--out", folder + "/told", "--workspace", shop)
        told = pathlib.Path(folder, "told/person.json").read_bytes().lower()
        missing = [w for w in CANARIES if w not in told and b"%2e" not in w]
        check(not missing, "everything of the person is told", missing)
        check(b"5.00" not in told and b"5512345678902" not in told, "and nothing of others")
        erase_killed(shop)
        check(not hits(shop, CANARIES), "no file has a byte of the person", hits(shop, CANARIES))
        check(revenue(shop) == before, "sums are what they were", revenue(shop))
        late(folder, shop, hook, site, before)
    end()


def late(folder: str, shop: str, hook: dict, site: dict, before: list) -> None:
    """The same once more: an old file under another name, live messages, making anew."""
    server = Server(shop)
    send_live(server, hook, site, "again")
    check(server.end() == 0, "the server ends")
    shutil.copy(shop + "-in/orders.csv", folder + "/more.csv")
    with open(folder + "/more.csv", "a", encoding="utf-8") as f:
        f.write("A3,2026-10-03T10:00:00Z,0.00,EUR,third@example.com,paid\n")
    run("import", "--workspace", shop, folder + "/more.csv")
    check([r[1] for r in revenue(shop)] == [r[1] for r in before], "sums are what they were")
    check(not hits(shop, CANARIES), "what is old does not bring the person back",
          hits(shop, CANARIES))
    os.rename(shop + "/engine", folder + "/engine-away")
    run("doctor", "--rebuild", "--workspace", shop)
    check([r[1] for r in revenue(shop)] == [r[1] for r in before],
          "nor does making the engine anew, with the same sums", revenue(shop))
    run("people", "export", MAIL, "--out", folder + "/none", "--workspace", shop)
    told = pathlib.Path(folder, "none/person.json").read_text(encoding="utf-8").lower()
    check("canarysson" not in told and "device-canary" not in told, "nothing is left to tell",
          told[:500])
    run("doctor", "--workspace", shop)


if __name__ == "__main__":
    main()
