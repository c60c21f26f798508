#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What shops' systems ask for by law is work of the running server: duties.py TIDEMARK. Prints TAP.

Two shops of Shopify. One asks what is kept of a person, wants a person erased, and then wants all of
itself forgotten. Each request is there once, also when it is delivered again; somebody unknown is
done with at once; the file is made and waits; the erasure waits for a word, is killed in the midst,
and goes on; in the end no file has a byte of who was erased.
"""
import contextlib
import io
import json
import pathlib
import signal
import sqlite3
import subprocess
import tempfile
import time
import zipfile

from client import Client, Server, check, end, tidemark
from hooks import add, shopify
from traces import hits

DAY = 86400 * 1000000
GONE = "canary.gone@example.com"
ASKS = "asks.one@example.com"
GONE_WORDS = [b"canary.gone", b"canary%40", b"canarysson", b"canaryville", b"447700900987"]
SHOP_WORDS = [b"onlyone", b"onlyoneson", b"hush-one"]


def order(number: int, mail: str, name: str) -> dict:
    return {"id": 5500000000000 + number, "name": f"#{number}", "currency": "EUR",
            "created_at": "2026-11-01T10:00:00Z", "processed_at": "2026-11-01T10:00:00Z",
            "updated_at": "2026-11-01T10:00:05Z", "total_price": "10.00",
            "financial_status": "paid", "email": mail,
            "customer": {"id": 7000 + number, "email": mail, "last_name": name,
                         "phone": "+447700900987" if mail == GONE else None},
            "shipping_address": {"address1": "1 Street", "city": name + "ville"},
            "line_items": [{"sku": "hat", "name": "Hat", "quantity": 1, "price": "10.00"}]}


def request(number: int, mail: str, *orders: int) -> dict:
    """As the platform asks, for what is kept or for an erasure."""
    numbers = [5500000000000 + n for n in orders]
    return {"shop_id": 1, "shop_domain": "example.myshopify.com",
            "customer": {"id": number, "email": mail}, "orders_to_redact": numbers,
            "orders_requested": numbers, "data_request": {"id": 9}}


def send(server: Server, shop: dict, topic: str, body: dict, delivery: str) -> int:
    raw = json.dumps(body).encode()
    return Client(server).ask("POST", shop["path"], None,
                              shopify(raw, topic=topic, delivery=delivery), raw=raw)[0]


def duties(client: Client) -> list:
    return json.loads(client.ask("GET", "/api/v1/duties")[2])["duties"]


def until(client: Client, wanted, what: str) -> list:
    """The list when it is as wanted."""
    for _ in range(1200):
        found = duties(client)
        if wanted(found):
            break
        time.sleep(0.05)
    check(wanted(found), what, found)
    return found


def of(found: list, **wanted) -> dict:
    for one in found:
        if all(one[key] == value for key, value in wanted.items()):
            return one
    return {"duty": 0, "state": "missing", "who": [], "nothing": None, "actor": None, "erasure": 0,
            "file": False, "job": -1}


def command(*words: str, wanted: int = 0) -> subprocess.CompletedProcess:
    done = subprocess.run([tidemark, *words], capture_output=True, text=True, check=False)
    check(done.returncode == wanted, " ".join(words[:2]) + f" ends with {wanted}",
          done.stdout + done.stderr)
    return done


def listed(shop: str, *words: str) -> list:
    return json.loads(command("sources", "duties", "--json", "--workspace", shop, *words).stdout)


def arrive(server: Server, owner: Client, one: dict) -> None:
    topics = ("customers/data_request", "customers/redact")
    for i, (topic, number, mail) in enumerate([
            (topics[0], 7002, ASKS), (topics[1], 7001, GONE),
            (topics[0], 7777, "stranger.tell@example.com"),
            (topics[1], 7778, "stranger.erase@example.com")]):
        # An order of another's account, and one that is not there, are nobody's word.
        check(send(server, one, topic, request(number, mail, 4, 99), f"law-{i}") == 200,
              f"{topic} is taken")
        send(server, one, topic, request(number, mail, 4, 99), f"law-{i}")
    found = until(owner, lambda all: len(all) == 4 and
                  sorted(d["state"] for d in all) == ["done", "done", "open", "ready"] and
                  of(all, state="ready")["file"],
                  "each is there once; who is unknown is done with")
    strangers = [d for d in found if d["state"] == "done"]
    check([(d["nothing"], d["actor"], d["who"]) for d in strangers] ==
          [(True, "automatically", [])] * 2, "as nothing that was kept", strangers)
    gone = of(found, kind="erase_person", state="open")
    check(gone["who"] == [GONE, "7001"] and gone["actor"] == "" and not gone["late"],
          "whom it is about is told to the owner", gone)


def tell(owner: Client, shop: str) -> None:
    ready = of(duties(owner), state="ready")
    check(ready["file"] and ready["who"] == [ASKS, "7002"], "the file waits", ready)
    status, _, body = owner.ask("GET", f"/api/v1/people/exports/{ready['job']}")
    packed = zipfile.ZipFile(io.BytesIO(body)) if status == 200 else None
    check(status == 200 and ASKS.encode() in packed.read("person.json") and
          GONE.encode() not in packed.read("person.json"), "with what is kept of the person",
          status)
    file = pathlib.Path(shop, "exports", f"{ready['job']}.zip")
    check(file.stat().st_mtime > time.time() + 27 * 86400, "until its day", file.stat().st_mtime)


def rights(server: Server, owner: Client, duty: int) -> None:
    nobody = Client(server)
    answers = [nobody.ask("GET", "/api/v1/duties")[0],
               owner.ask("POST", f"/api/v1/duties/{duty}/begin", {"confirm": "erase"},
                         csrf=False)[0],
               owner.ask("POST", f"/api/v1/duties/{duty}/begin", {})[0],
               owner.ask("POST", "/api/v1/duties/999/begin", {})[0],
               owner.ask("POST", "/api/v1/duties/999/done")[0]]
    check(answers == [401, 403, 400, 404, 404], "who may, and by which word", answers)


def step_of(shop: str) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{shop}/store.db?mode=ro", uri=True)) as db:
        found = db.execute("SELECT max(step) FROM erasure WHERE finished_us = 0").fetchone()
    return -1 if found[0] is None else found[0]


def guests(shop: str, server: Server, owner: Client, one: dict) -> None:
    """Orders without an account, under other addresses, that only their numbers lead to."""
    for number, mail, name in ((20, "guest.canary@example.com", "Guestson"),
                               (21, "", "Nobodyson"), (4, "fourth@example.com", "Fourth")):
        body = order(number, mail, name) | ({"customer": None} if number != 4 else {})
        send(server, one, "orders/create", body, f"guest-{number}")
    send(server, one, "customers/data_request", request(7900, "has.account@example.com", 20),
         "law-g1")
    ready = of(until(owner, lambda all: of(all, who=["has.account@example.com", "7900"],
                                           state="ready")["file"], "a guest's data are told"),
               state="ready", who=["has.account@example.com", "7900"])
    body = owner.ask("GET", f"/api/v1/people/exports/{ready['job']}")[2]
    told = zipfile.ZipFile(io.BytesIO(body)).read("person.json")
    check(b"guest.canary@example.com" in told and b"Guestson" in told and b"Fourth" not in told and
          b"Nobodyson" not in told, "all of them, and nobody else's", told[:600])
    send(server, one, "customers/redact", request(7900, "has.account@example.com", 4, 20, 21),
         "law-g2")
    wanted = {"kind": "erase_person", "who": ["has.account@example.com", "7900"]}
    waiting = of(until(owner, lambda all: of(all, state="open", **wanted)["duty"] > 0,
                       "an erasure of guests waits for a word"), state="open", **wanted)
    status, _, body = owner.ask("POST", f"/api/v1/duties/{waiting['duty']}/begin",
                                {"confirm": "erase"})
    check(status == 202, "the word is given", body)
    done = of(until(owner, lambda all: of(all, duty=waiting["duty"])["state"] == "done",
                    "and it is done"), duty=waiting["duty"])
    gone = [b"guest.canary", b"guestson", b"nobodyson"]
    check(not done["nothing"] and not hits(shop, gone), "the guests are gone", hits(shop, gone))
    check(bool(hits(shop, [b"fourth@example.com"])), "an order of another's account takes nobody")


def days_earlier(shop: str, days: int, which: str) -> None:
    """The day of some of them."""
    with contextlib.closing(sqlite3.connect(shop + "/store.db")) as db:
        n = db.execute(f"UPDATE duty SET due_us = due_us - {days * DAY} WHERE {which}").rowcount
        db.commit()
    check(n == 1, "a day is set earlier", (which, n))


def killed(shop: str, server: Server, client: Client, duty: int, word: str) -> Server:
    """The word is given, and the server killed in the midst of the work."""
    status, _, body = client.ask("POST", f"/api/v1/duties/{duty}/begin", {"confirm": word})
    check(status == 202, "the word is given", body)
    check(client.ask("POST", f"/api/v1/duties/{duty}/begin", {"confirm": word})[0] == 409,
          "it is taken once")
    for _ in range(20000):
        if step_of(shop) >= 1:
            break
        time.sleep(0.002)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    check(1 <= step_of(shop) < 6, "the server is killed in the midst", step_of(shop))
    server = Server(shop)
    client.server, client.cookie, client.csrf = server, "", ""
    client.enter("owner@example.com")
    done = of(until(client, lambda all: of(all, duty=duty)["state"] == "done",
                    "and has done it when it answers again"), duty=duty)
    check(done["actor"].startswith("user ") and done["erasure"] > 0 and not done["who"],
          "by whose word is told, and nobody named", done)
    return server


def by_day(shop: str, owner: Client, server: Server, one: dict) -> Server:
    """What nobody gave the word for is done before its day is over."""
    check(send(server, one, "customers/redact", request(7003, "third@example.com"), "law-9") == 200,
          "another request")
    until(owner, lambda all: of(all, kind="erase_person", state="open")["duty"] > 0,
          "it waits for a word")
    check(server.end() == 0, "the server ends")
    days_earlier(shop, 24, "kind = 2 AND state = 1")
    server = Server(shop)
    owner.server, owner.cookie, owner.csrf = server, "", ""
    owner.enter("owner@example.com")
    found = until(owner, lambda all: not [d for d in all if d["kind"] == "erase_person" and
                                          d["state"] != "done"], "a week before, it is done")
    check(of(found, kind="erase_person", nothing=False, actor="automatically")["erasure"] > 0,
          "by itself", found)
    check(not hits(shop, [b"third@example.com"]), "and wholly", hits(shop, [b"third@example.com"]))
    return server


def by_hand(shop: str, owner: Client, server: Server, one: dict) -> None:
    """Marked with the server running; what is late is told."""
    wanted = ["fourth@example.com", "7004"]
    send(server, one, "customers/data_request", request(7004, wanted[0]), "law-10")
    ready = of(until(owner, lambda all: of(all, state="ready", source=one["id"], who=wanted)["file"],
                     "one more file waits"), who=wanted)
    days_earlier(shop, 31, f"id = {ready['duty']}")
    late = of(listed(shop), duty=ready["duty"])
    check(late["late"], "what is late is told, beside the server", late)
    told = listed(shop, "--done", str(ready["duty"]))
    marked = of(told, duty=ready["duty"])
    check((marked["state"], marked["actor"], marked["who"]) == ("done", "command line", []),
          "it is marked beside the server", marked)
    check(owner.ask("GET", f"/api/v1/people/exports/{ready['job']}")[0] == 404, "its file is gone")
    command("sources", "duties", "--workspace", shop, "--done", str(ready["duty"]), wanted=73)
    check(of(duties(owner), duty=ready["duty"])["actor"] == "command line", "the server knows")


def forgotten(shop: str, owner: Client, server: Server, one: dict, two: dict) -> Server:
    told = command("sources", "forget", str(one["id"]), "--yes", "--workspace", shop, wanted=75)
    check(f"/api/v1/sources/{one['id']}/forget" in told.stderr, "where it is done is told",
          told.stderr)
    check(send(server, one, "shop/redact", {"shop_id": 1}, "law-11") == 200, "shop/redact is taken")
    found = until(owner, lambda all: of(all, kind="erase_shop")["state"] == "open",
                  "it waits for a word")
    check(bool(hits(shop, SHOP_WORDS[:2])), "what the shop told is there")
    server = killed(shop, server, owner, of(found, kind="erase_shop")["duty"], "forget")
    check(not hits(shop, SHOP_WORDS[:2]), "no file has a byte of what it told",
          hits(shop, SHOP_WORDS[:2]))
    check(send(server, one, "orders/create", order(9, "x@example.com", "Late"), "late") == 401 and
          send(server, two, "orders/create", order(10, "y@example.com", "Other"), "l2") == 200,
          "it takes nothing any more, the other shop does")
    status, _, body = owner.ask("POST", f"/api/v1/sources/{two['id']}/forget",
                                {"confirm": "forget"})
    check(status == 202, "a source can be forgotten without a request, too", body)
    until(owner, lambda all: of(all, duty=json.loads(body).get("duty"))["state"] == "done",
          "and is")
    check(owner.ask("POST", f"/api/v1/sources/{two['id']}/forget", {"confirm": "forget"})[0] == 409,
          "once")
    check(not hits(shop, [b"other.person"]), "wholly", hits(shop, [b"other.person"]))
    return server


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = folder + "/shop"
        server = Server(shop)
        owner = Client(server).first_owner()
        one = add(owner, name="One", protocol="shopify", secret="hush")
        two = add(owner, name="Two", protocol="shopify", secret="hush")
        for i, (mail, name) in enumerate([(GONE, "Canarysson"), (ASKS, "Onlyoneson"),
                                          ("third@example.com", "Third"),
                                          ("fourth@example.com", "Fourth")], 1):
            send(server, one, "orders/create", order(i, mail, name), f"order-{i}")
        send(server, two, "orders/create", order(5, "other.person@example.com", "Other"), "order-5")
        arrive(server, owner, one)
        tell(owner, shop)
        gone = of(duties(owner), kind="erase_person", state="open")["duty"]
        rights(server, owner, gone)
        check(bool(hits(shop, GONE_WORDS)), "who is to be erased is there")
        server = killed(shop, server, owner, gone, "erase")
        check(not hits(shop, GONE_WORDS), "no file has a byte of the erased", hits(shop, GONE_WORDS))
        lines = json.dumps(json.loads(owner.ask("GET", "/api/v1/audit")[2])).lower()
        check("/duties/{id}/begin" in lines and "canary" not in lines,
              "the record of what was done has it, naming nobody")
        guests(shop, server, owner, one)
        server = by_day(shop, owner, server, one)
        by_hand(shop, owner, server, one)
        server = forgotten(shop, owner, server, one, two)
        check(server.end() == 0, "the server ends")
        kept = listed(shop)
        check(all(d["state"] == "done" and not d["who"] for d in kept) and len(kept) == 10,
              "all of it is told with the server stopped", kept)
        command("doctor", "--workspace", shop)
        command("doctor", "--rebuild", "--workspace", shop)
        check(listed(shop) == kept, "and is the same after all was made anew")
    end()


if __name__ == "__main__":
    main()
