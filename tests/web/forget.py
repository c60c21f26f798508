#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Everything that came by one source is forgotten: forget.py TIDEMARK PLANNED. Prints TAP.

PLANNED puts messages to addresses into the outbox. Two shops of the same system, a site and a file; one of the shops is forgotten by a process that is
killed at every step. Then no file has a byte of what it alone told, and what the others told is as
it was, be it of the same people, also after the engine was made anew from the journal.
"""
import csv
import io
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

from client import Client, Server, check, end
from hooks import add, shopify
from traces import hits, killed_at_steps, run

CANARIES = [b"canary.one", b"canary%40", b"447700900987", b"canarysson", b"canaryville",
            b"canary-hat", b"canary-delivery", b"canary-refused", b"canary-domain"]
BOTH, OTHER = "both@example.com", "other@example.com"


def order(number: int, mail: str, total: str, name: str) -> dict:
    return {"id": 5500000000000 + number, "name": f"#{number}", "currency": "EUR",
            "created_at": "2026-11-01T10:00:00Z", "processed_at": "2026-11-01T10:00:00Z",
            "updated_at": "2026-11-01T10:00:05Z", "total_price": total, "financial_status": "paid",
            "email": mail, "customer": {"id": 7000 + number, "email": mail, "last_name": name},
            "shipping_address": {"address1": "1 Street", "city": name + "ville"},
            "line_items": [{"sku": name + "-hat", "name": "Hat", "quantity": 1, "price": total}]}


def consent(mail: str, state: str) -> dict:
    return {"customer_id": 7001, "email_address": mail, "email_marketing_consent": {
        "state": state, "opt_in_level": "single_opt_in",
        "consent_updated_at": "2026-11-02T10:00:00Z"}}


def send(server: Server, shop: dict, topic: str, body: dict, delivery: str) -> None:
    raw = json.dumps(body).encode()
    status = Client(server).ask("POST", shop["path"], None,
                                shopify(raw, topic=topic, delivery=delivery), raw=raw)[0]
    check(status == 200, f"{topic} is taken", status)


def live(server: Server, owner: Client) -> tuple[dict, dict]:
    one = add(owner, name="One", protocol="shopify", secret="hush")
    two = add(owner, name="Two", protocol="shopify", secret="hush")
    site = json.loads(owner.ask("POST", "/api/v1/sources", {"name": "Site"})[2])
    for i, (mail, total) in enumerate([("canary.one@example.com", "10.00"), (BOTH, "20.00")], 1):
        send(server, one, "orders/create", order(i, mail, total, "Canary"), f"canary-delivery-{i}")
    person = {"id": 7001, "email": "canary.one@example.com", "last_name": "Canarysson",
              "phone": "+447700900987", "updated_at": "2026-11-01T10:00:00Z"}
    send(server, one, "customers/create", person, "canary-delivery-3")
    send(server, one, "customers_email_marketing_consent/update",
         consent("canary.one@example.com", "unsubscribed"), "canary-delivery-4")
    send(server, one, "orders/create", {"note": "canary-refused"}, "canary-delivery-5")
    for i, (mail, total) in enumerate([(OTHER, "40.00"), (BOTH, "80.00")], 3):
        send(server, two, "orders/create", order(i, mail, total, "Other"), f"other-{i}")
    send(server, two, "customers_email_marketing_consent/update", consent(OTHER, "unsubscribed"),
         "other-5")
    event = {"type": "identify", "userId": "u1", "traits": {"email": BOTH}, "messageId": "s1",
             "timestamp": "2026-11-02T10:00:00Z"}
    Client(server).ask("POST", "/v1/batch", {"writeKey": site["key"], "batch": [event]})
    return one, two


def revenue(shop: str) -> float:
    rows = csv.DictReader(io.StringIO(run("show", "revenue", "--workspace", shop, "--csv")))
    return sum(float(r["revenue"]) for r in rows)


def forget_killed(shop: str, number: int) -> None:
    killed = killed_at_steps(shop, "sources", "forget", str(number))
    check(killed >= 4, "forgetting is killed at its steps", killed)
    told = json.loads(run("people", "erasures", "--json", "--workspace", shop))
    check([(e["step"], e["source"], e["problem"]) for e in told] == [("done", number, "")],
          "and is finished by who comes next", told)
    check(told[0]["messages"] == 5 and told[0]["orders"] == 2, "what it took is told", told)


def suppressed(shop: str, mail: str) -> str:
    return run("suppression", "check", mail, "--channel", "email", "--workspace", shop, "--json")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = folder + "/shop"
        server = Server(shop)
        owner = Client(server).first_owner()
        one, _ = live(server, owner)
        check(server.end() == 0, "the server ends")
        pathlib.Path(folder, "orders.csv").write_text(
            "order_id,ordered_at,total,currency,email,status\n"
            f"A1,2026-10-02T10:00:00Z,160.00,EUR,{BOTH},paid\n")
        run("import", "--workspace", shop, folder + "/orders.csv")
        check(revenue(shop) == 310.0, "all orders count")
        plan(shop)
        check(bool(hits(shop, CANARIES)), "what the source told is there")
        before = suppressed(shop, "canary.one@example.com")
        check("unsubscribed" in before, "who withdrew is suppressed", before)
        forget(shop, one["id"])
        check(suppressed(shop, "canary.one@example.com") == before, "and stays so")
        anew(folder, shop)
    end()


def plan(shop: str) -> None:
    done = subprocess.run([sys.argv[2], shop, "canary.one@example.com", OTHER, BOTH], check=False)
    check(done.returncode == 0, "messages are planned")


def outbox(shop: str) -> list:
    """Address and state: 0 planned, 6 skipped."""
    with sqlite3.connect(f"file:{shop}/outbox.db?mode=ro", uri=True) as db:
        return db.execute("SELECT address, state FROM message ORDER BY id").fetchall()


def forget(shop: str, number: int) -> None:
    run("sources", "forget", "99", "--yes", "--workspace", shop, wanted=66)
    run("sources", "forget", str(number), "--workspace", shop, wanted=64)
    told = json.loads(run("sources", "forget", str(number), "--dry-run", "--json", "--workspace",
                          shop))
    check((told["messages"], told["orders"], told["entries"], told["identifiers"],
           told["unclear"]) == (5, 2, 1, 2, 0), "what there is is counted", told)
    check(revenue(shop) == 310.0, "and nothing gone yet")
    forget_killed(shop, number)
    check(not hits(shop, CANARIES), "no file has a byte of what it told", hits(shop, CANARIES))
    check(outbox(shop) == [("", 6), (OTHER, 0), (BOTH, 0)],
          "nor has the outbox, which keeps messages to people whom others know", outbox(shop))
    check(revenue(shop) == 280.0, "the orders of the others count", revenue(shop))
    found = run("show", "search", "--q", "canary", "--workspace", shop, "--csv")
    check(len(found.splitlines()) == 1, "whom only it knew is not there", found)
    found = run("show", "search", "--q", BOTH, "--workspace", shop, "--csv")
    check(len(found.splitlines()) == 2, "whom others know is", found)
    run("consent", "verify", "--workspace", shop)
    run("doctor", "--workspace", shop)
    told = run("consent", "show", OTHER, "--workspace", shop)
    check("shopify" in told, "the other shop's word is in the ledger", told)


def anew(folder: str, shop: str) -> None:
    os.rename(shop + "/engine", folder + "/engine-away")
    run("doctor", "--rebuild", "--workspace", shop)
    check(revenue(shop) == 280.0, "made anew, the engine is the same", revenue(shop))
    check(not hits(shop, CANARIES), "and has nothing of it either", hits(shop, CANARIES))
    run("doctor", "--workspace", shop)


if __name__ == "__main__":
    main()
