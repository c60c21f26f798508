#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Segments over the web: kept, checked, counted and explained; who belongs to them follows what comes
in at once, and each coming and going is told once, also when the server is killed in between.
segments.py TIDEMARK. Prints TAP."""
import json
import pathlib
import signal
import socket
import sqlite3
import tempfile
import threading
import time

from client import PASSWORD, Client, Server, check, end

API = "/api/v1"
KEPT = ("name", "text", "about", "changed_by", "problem")


class Shop:
    def __init__(self, server: Server, owner: Client | None = None, key: str = "") -> None:
        self.server = server
        self.anybody, self.key = Client(server), key
        if owner:
            self.owner = Client(server)
            self.owner.enter("owner@example.com")
            return
        self.owner = Client(server).first_owner()
        self.owner.ask("PUT", API + "/settings", {"currency": "EUR"})
        self.key = self.do("POST", "/sources", {"name": "Site", "ledger": True})[1]["key"]

    def do(self, method: str, path: str, body: object = None, who: Client | None = None,
           headers: dict | None = None) -> tuple[int, dict, dict]:
        status, got, text = (who or self.owner).ask(method, API + path, body, headers)
        return status, json.loads(text) if text else {}, got

    def send(self, call: str, **body) -> int:
        return self.anybody.ask("POST", f"/v1/{call}", {"writeKey": self.key, **body})[0]

    def bought(self, user: str, order: str, total: float, at: str) -> int:
        return self.send("track", userId=user, event="Order Completed", timestamp=at,
                         properties={"order_id": order, "total": total, "currency": "EUR"})

    def settle(self) -> None:
        done = self.owner.wait(self.do("POST", "/assessments", {})[1]["job"])
        check(done["state"] == "done", "the figures are made", done)

    def person(self, q: str) -> str:
        return next((r["person"] for r in self.do("GET", f"/views/search?q={q}")[1]["rows"]), "")

    def segment(self, name: str) -> dict:
        return next((s for s in self.do("GET", "/segments")[1]["segments"] if s["name"] == name), {})

    def until(self, what: str, test, detail=lambda: "") -> float:
        """Waits until it holds; how long that took."""
        begun = time.monotonic()
        while time.monotonic() - begun < 90:
            if test():
                check(True, what)
                return time.monotonic() - begun
            time.sleep(0.02)
        check(False, what, detail())
        return 90.0

    def members(self, number: int) -> list[str]:
        return [p["person"] for p in self.do("GET", f"/segments/{number}/members")[1].get("people", [])]


def today(days: int = 0) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 86400 * days - 60))


def people(shop: Shop) -> None:
    for n in range(6):
        shop.send("identify", userId=f"u{n}", traits={"email": f"u{n}@example.com", "name": f"Person {n}",
                                                      "address": {"country": "DE" if n % 2 else "FR"}})
        for k in range(n):
            shop.bought(f"u{n}", f"o{n}-{k}", 20 + n, today(k))
    shop.settle()


def team(shop: Shop) -> dict:
    clients = {}
    for role in ("viewer", "marketer"):
        shop.do("POST", "/users", {"email": f"{role}@example.com", "password": PASSWORD + "!", "role": role})
        clients[role] = Client(shop.server)
        clients[role].enter(f"{role}@example.com", PASSWORD + "!")
    return clients


def check_texts(shop: Shop) -> None:
    status, told, _ = shop.do("POST", "/segments/check", {"text": "number_of_orders>=2 and amount_spent > 10"})
    check(status == 200 and told["ok"] and told["text"] == "number_of_orders >= 2 AND amount_spent > 10",
          "a text comes back in its own form", told)
    back = shop.do("POST", "/segments/check", {"tree": told["tree"]})[1]
    check(back["ok"] and back["text"] == told["text"] and back["tree"] == told["tree"],
          "and its tree is the same text", back)
    wrong = shop.do("POST", "/segments/check", {"text": "number_of_orders > 1\nAND number_of_ordrs > 2"})[1]
    check(not wrong["ok"] and (wrong["line"], wrong["column"]) == (2, 5) and "number_of_orders" in wrong["hint"],
          "what is wrong is told with its place and the nearest name", wrong)
    thai = shop.do("POST", "/segments/check", {"text": "nothing = 1"}, headers={"Accept-Language": "th"})[1]
    check((thai["line"], thai["column"]) == (1, 1), "in another language too", thai)
    tree = shop.do("POST", "/segments/check", {"tree": {"attribute": "amount_spent", "op": "<>"}})
    check(tree[0] == 200 and not tree[1]["ok"], "a tree that is none is no fault of the server", tree)
    check(shop.do("POST", "/segments/check", {})[0] == 400, "a check needs a text")
    words = shop.do("GET", "/segments/words")[1]
    check(any(a["name"] == "rfm_group" and "CHAMPIONS" in a["choices"] for a in words["attributes"]) and
          any(f["name"] == "orders_placed" and any(x["name"] == "amount" for x in f["fields"])
              for f in words["functions"]), "the words are told with types and choices")
    check(len(shop.do("GET", "/segments/starters")[1]["starters"]) > 5, "and segments to begin with")


def keep(shop: Shop, clients: dict) -> int:
    status, kept, got = shop.do("POST", "/segments", {"name": "Regulars", "text": "number_of_orders>=2",
                                                     "about": "come back"}, clients["marketer"])
    check(status == 201 and kept["text"] == "number_of_orders >= 2" and kept["tree"] and
          kept["changed_by"] == "marketer@example.com", "a segment is kept", kept)
    number, version = kept["id"], got.get("etag")
    check(shop.do("POST", "/segments", {"name": "No", "text": "x ="}, clients["marketer"])[0] == 400,
          "what cannot be read is not kept")
    check(shop.do("POST", "/segments", {"name": "REGULARS", "text": "number_of_orders = 1"})[0] == 409,
          "nor a name twice")
    check(shop.do("POST", "/segments", {"name": "V", "text": "number_of_orders = 1"}, clients["viewer"])[0] == 403,
          "who only reads keeps none")
    status, changed, _ = shop.do("PUT", f"/segments/{number}", {
        "name": "Regulars", "tree": {"attribute": "number_of_orders", "op": ">=", "values": ["3"]}},
        headers={"If-Match": version})
    check(status == 200 and changed["text"] == "number_of_orders >= 3", "it is changed by a tree", changed)
    check(shop.do("PUT", f"/segments/{number}", {"name": "Regulars", "text": "number_of_orders = 9"},
                  headers={"If-Match": version})[0] == 412, "not over what somebody else has changed")
    longer = f'"{changed["version"]}0"'
    check(shop.do("PUT", f"/segments/{number}", {"name": "Regulars", "text": "number_of_orders = 9"},
                  headers={"If-Match": longer})[0] == 412, "nor over one whose version only begins alike")
    status, other, _ = shop.do("POST", "/segments", {"name": "Some", "text": "segment('Regulars') AND amount_spent > 1"})
    check(status == 201, "one may speak of another", other)
    check(shop.do("DELETE", f"/segments/{number}")[0] == 409, "which cannot go as long as it does")
    check(shop.do("PUT", f"/segments/{number}", {"name": "Others", "text": "number_of_orders = 3"})[0] == 409,
          "nor be called otherwise")
    check(shop.do("DELETE", f"/segments/{other['id']}")[0] == 204 and
          shop.do("GET", f"/segments/{other['id']}")[0] == 404, "one of which nobody speaks goes")
    audit = shop.do("GET", "/audit?limit=50")[1]["audit"]
    check(any(e["action"].startswith("PUT") and e["object"] == f"segment {number}" for e in audit),
          "who changed it is on record", audit[:3])
    return number


def looked_at(shop: Shop) -> None:
    """Everybody is looked at by a job, which tells how far it is and ends."""
    def jobs() -> list[dict]:
        return [j for j in shop.do("GET", "/jobs")[1]["jobs"] if j["kind"] == "segments"]

    shop.until("everybody is looked at by a job", lambda: jobs() and all(j["state"] == "done" for j in jobs()), jobs)
    check(all(j["done"] == 1 and j["step"] for j in jobs()[:1]), "which told how far it was", jobs()[:1])
    live = shop.do("GET", "/segments")[1]["live"]
    check(not live["counting"] and not live["failing"] and 0 <= live["done"] <= 1, "and so it is told", live)


def count(shop: Shop, number: int, clients: dict) -> None:
    status, told, _ = shop.do("POST", "/segments/count", {"text": "number_of_orders >= 3"}, clients["viewer"])
    check(status == 200 and (told["members"], told["people"]) == (3, 6) and told["counted_at"],
          "a draft is counted", told)
    check(shop.do("POST", "/segments/count", {"id": number})[1].get("members") == 3, "a kept one by its number")
    check(shop.do("POST", "/segments/count", {"text": "amount_spent >"})[0] == 400, "what cannot be read is not")
    shop.until("members are written down", lambda: shop.segment("Regulars").get("members") == 3,
               lambda: shop.do("GET", "/segments"))
    kept = shop.segment("Regulars")
    check(kept["people"] == 6 and kept["counted_at"], "and how many people there are", kept)
    first = shop.do("GET", f"/segments/{number}/members?limit=2")[1]
    rest = shop.do("GET", f"/segments/{number}/members?limit=2&cursor={first['next_cursor']}")[1]
    both = first["people"] + rest["people"]
    check(len(both) == 3 and "next_cursor" not in rest and
          sorted(p["email"] for p in both) == [f"u{n}@example.com" for n in (3, 4, 5)],
          "members come page by page, with names", (first, rest))
    check(shop.do("GET", f"/segments/{number}/members", who=clients["viewer"])[0] == 403,
          "who may not see people does not")
    person = shop.person("u4@example.com")
    check(person in [p["person"] for p in both], "by the numbers of their pages", person)
    own = shop.do("GET", f"/people/{person}/segments")[1]["segments"]
    check([s["name"] for s in own] == ["Regulars"], "a person's segments are told", own)
    why = shop.do("POST", "/segments/explain", {"id": number, "person": person})[1]
    check(why["member"] and why["conditions"][0]["value"] == "4" and why["conditions"][0]["verdict"] == "yes",
          "and why the person is in", why)
    why = shop.do("POST", "/segments/explain", {"text": "rfm_recency = 9", "person": person})[1]
    check(not why["member"], "or would not be", why)
    check(shop.do("POST", "/segments/explain", {"id": number, "person": "7"})[0] == 404, "nobody is nobody")


def leaves(shop: Shop) -> None:
    """An asker who goes away does not keep others from counting."""
    body = json.dumps({"text": "number_of_orders >= 1"}).encode()
    for _ in range(6):
        link = socket.create_connection(("127.0.0.1", shop.server.port))
        link.sendall(b"POST /api/v1/segments/count HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %s\r\n"
                     b"X-CSRF-Token: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                     % (shop.server.port, shop.owner.cookie.encode(), shop.owner.csrf.encode(), len(body)) + body)
        link.close()
    shop.until("who goes away holds up nobody",
               lambda: shop.do("POST", "/segments/count", {"text": "number_of_orders >= 1"})[0] == 200)


def changes(folder: str, after: int = 0) -> list[tuple]:
    with sqlite3.connect(f"file:{folder}/outbox.db?mode=ro", uri=True, timeout=30) as db:
        return db.execute("SELECT id, segment, person, entered FROM member_change WHERE id > ? ORDER BY id",
                          (after,)).fetchall()


def live(shop: Shop, folder: str, number: int) -> float:
    person = shop.person("u2@example.com")
    check(person not in shop.members(number), "somebody is not in it yet")
    shop.bought("u2", "o2-x", 99, today())
    took = shop.until("an order brings them in at once", lambda: person in shop.members(number),
                      lambda: (shop.do("GET", "/segments")[1]["live"], shop.members(number)))
    told = [c for c in changes(folder) if c[1] == number and c[2] % 2**64 == int(person)]
    check([c[3] for c in told] == [1], "which is told once", told)
    shop.settle()
    shop.until("the figures agree", lambda: not shop.do("GET", "/segments")[1]["live"]["counting"])
    told = [c for c in changes(folder) if c[1] == number and c[2] % 2**64 == int(person)]
    check([c[3] for c in told] == [1], "and tell it to nobody again", told)
    return took


def refunded(shop: Shop, folder: str) -> None:
    """What an order comes to follows its refund, and its cancelling, by the order's name: as soon as it comes, and not
    when the figures are looked at again."""
    number = shop.do("POST", "/segments", {"name": "Spenders", "text": "amount_spent >= 120"})[1]["id"]
    person = shop.person("u5@example.com")
    late = 0

    def at_once(what: str, test) -> None:
        nonlocal late
        sent = time.time() * 1e6
        shop.until(what, test, lambda: shop.do("GET", "/segments")[1]["live"])
        with sqlite3.connect(f"file:{folder}/outbox.db?mode=ro", uri=True, timeout=30) as db:
            at = db.execute("SELECT at_us FROM member_change WHERE segment = ? ORDER BY id DESC LIMIT 1", (number,)).fetchone()[0]
        late += at > sent
    shop.until("who spent enough is in", lambda: person in shop.members(number), lambda: shop.segment("Spenders"))
    shop.send("track", userId="u5", event="Order Refunded", timestamp=today(),
              properties={"order_id": "o5-0", "total": 10, "currency": "EUR"})
    at_once("a refund brings them out at once", lambda: person not in shop.members(number))
    shop.bought("u5", "o5-x", 30, today())
    at_once("another order in again", lambda: person in shop.members(number))
    shop.send("track", userId="u5", event="Order Cancelled", timestamp=today(),
              properties={"order_id": "o5-x", "total": 30, "currency": "EUR"})
    at_once("until it is cancelled", lambda: person not in shop.members(number))
    check(late == 0, "each by what came itself", late)
    shop.settle()
    shop.until("the figures say so, too", lambda: not shop.do("GET", "/segments")[1]["live"]["counting"])
    check(person not in shop.members(number), "and nobody is told otherwise", shop.segment("Spenders"))


def passes(shop: Shop, folder: str) -> None:
    """Hours are over by themselves: nothing comes, and whoever was in is out, once; who is to come in comes in."""
    texts = {"Just now": "events('search', time >= -1min)",
             "Left": "sequence(events('cart_add') THEN NOT orders() WITHIN 1min)"}
    numbers = {}
    for name, text in texts.items():
        numbers[name] = shop.do("POST", "/segments", {"name": name, "text": text})[1]["id"]
        shop.until(f"{name} is filled", lambda: shop.segment(name).get("members") == 0, lambda: shop.segment(name))
    last = max((c[0] for c in changes(folder)), default=0)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 30))
    shop.send("track", userId="u1", event="Products Searched", timestamp=at, properties={"query": "mug"})
    shop.send("track", userId="u3", event="Product Added", timestamp=at, properties={"product_id": "7"})
    persons = {n: shop.person(f"u{n}@example.com") for n in (1, 3)}
    shop.until("who did it just now is in", lambda: persons[1] in shop.members(numbers["Just now"]),
               lambda: shop.do("GET", "/segments")[1]["live"])
    shop.settle()  # nobody is looked at for a message from here on
    check(persons[3] not in shop.members(numbers["Left"]), "a cart is not left yet")
    shop.until("it is once its time is over", lambda: persons[3] in shop.members(numbers["Left"]),
               lambda: shop.do("GET", "/segments")[1]["live"])
    shop.until("and what was just now is not any more", lambda: persons[1] not in shop.members(numbers["Just now"]),
               lambda: shop.do("GET", "/segments")[1]["live"])
    told = [(c[1], c[2] % 2**64, c[3]) for c in changes(folder, last) if c[1] in numbers.values()]
    check(sorted(told) == sorted([(numbers["Just now"], int(persons[1]), 1), (numbers["Just now"], int(persons[1]), 0),
                                  (numbers["Left"], int(persons[3]), 1)]), "each is told once", told)


def becomes_one(shop: Shop, folder: str) -> None:
    """Two people who log in as one are in at once what both of them did; who gets another number came only once."""
    number = shop.do("POST", "/segments", {"name": "Both", "text": "events(name = 'review', count >= 2)"})[1]["id"]
    once = shop.do("POST", "/segments", {"name": "Once", "text": "events(name = 'review')"})[1]["id"]
    for who in ("left", "right"):
        shop.send("identify", userId=who, traits={"email": f"{who}@example.com"})
        shop.send("track", userId=who, event="Review", timestamp=today())
    shop.send("identify", anonymousId="dev1", traits={"email": "third@example.com"})
    shop.send("track", anonymousId="dev1", event="Review", timestamp=today())
    shop.settle()
    shop.until("new segments are filled", lambda: shop.segment("Once").get("members") == 3 and
               shop.segment("Both").get("members") == 0, lambda: (shop.segment("Once"), shop.segment("Both")))
    last = max((c[0] for c in changes(folder)), default=0)
    shop.send("alias", userId="right", previousId="left")
    shop.until("whoever becomes one is in by what both did", lambda: len(shop.members(number)) == 1,
               lambda: shop.do("GET", "/segments")[1]["live"])
    shop.send("identify", userId="third", anonymousId="dev1", traits={"email": "third@example.com"})
    shop.send("track", userId="third", event="Review", timestamp=today())
    shop.until("and who gets another number, with what came before", lambda: len(shop.members(number)) == 2,
               lambda: shop.do("GET", "/segments")[1]["live"])
    check(len(shop.members(once)) == 2, "who was in stays in, once", shop.members(once))
    shop.settle()
    shop.until("the figures are looked through", lambda: not shop.do("GET", "/segments")[1]["live"]["counting"])
    told = [(c[1], c[3]) for c in changes(folder, last)]
    check(told == [(number, 1), (number, 1)] and len(shop.members(number)) == 2 and len(shop.members(once)) == 2,
          "they say the same, and nothing else was told", (told, shop.members(number), shop.members(once)))


def newcomer(shop: Shop, folder: str) -> None:
    number = shop.do("POST", "/segments", {"name": "Asked", "text": "events(name = 'search', count >= 2)"})[1]["id"]
    shop.until("a new segment is filled", lambda: shop.segment("Asked").get("members") == 0,
               lambda: shop.segment("Asked"))
    last = max((c[0] for c in changes(folder)), default=0)
    shop.send("identify", userId="new", traits={"email": "new@example.com"})
    shop.send("track", userId="new", event="Products Searched", properties={"query": "tea"})
    shop.send("track", userId="new", event="Products Searched", properties={"query": "pot"})
    shop.until("somebody whom no figures have comes in", lambda: len(shop.members(number)) == 1,
               lambda: shop.do("GET", "/segments")[1]["live"])
    came = [c for c in changes(folder, last) if c[1] == number]
    check([c[3] for c in came] == [1], "and is told once", came)
    shop.settle()
    shop.until("the figures have them, too", lambda: not shop.do("GET", "/segments")[1]["live"]["counting"])
    check([c[3] for c in changes(folder, last) if c[1] == number] == [1] and
          shop.members(number) == [shop.person("new@example.com")], "under the same number")
    shop.do("PUT", f"/segments/{number}", {"name": "Asked", "text": "number_of_orders >= 0"})
    shop.until("another text has other members", lambda: shop.segment("Asked").get("members") == 9,
               lambda: shop.segment("Asked"))
    check([c[3] for c in changes(folder, last) if c[1] == number] == [1], "whom it tells to nobody",
          changes(folder, last))
    shop.do("PUT", f"/segments/{number}", {"name": "Asked", "text": "number_of_orders >= 1"})
    shop.until("a narrower one lets them go that it does not hold", lambda: len(shop.members(number)) == 5,
               lambda: (shop.segment("Asked"), shop.members(number)))


def killed(folder: str, server: Server, shop: Shop, number: int) -> Server:
    """Sends orders while the server dies: whoever is in afterwards came once and went never."""
    before = max((c[0] for c in changes(folder)), default=0)
    taken = []

    def buy() -> None:
        for n in range(6, 30):
            try:
                ok = [shop.send("identify", userId=f"u{n}", traits={"email": f"u{n}@example.com"}) == 200] + \
                     [shop.bought(f"u{n}", f"o{n}-{k}", 9, today()) == 200 for k in range(3)]
            except OSError:
                return
            if all(ok):
                taken.append(f"u{n}@example.com")

    thread = threading.Thread(target=buy)
    thread.start()
    time.sleep(0.4)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    thread.join()
    server = Server(folder)
    again = Shop(server, shop.owner, shop.key)
    again.settle()
    persons = {again.person(mail) for mail in taken}
    again.until("after a kill all who were acknowledged are in", lambda: persons <= set(again.members(number)),
                lambda: (taken, again.segment("Regulars"), again.do("GET", "/segments")[1]["live"]))
    rows = [c for c in changes(folder, before) if c[1] == number]
    told = [c[2] % 2**64 for c in rows]
    check(all(c[3] for c in rows) and len(told) == len(set(told)), "and each was told once", rows)
    check({int(p) for p in persons} <= set(told), "none of them was not")
    return server


def erased(shop: Shop, folder: str, number: int) -> None:
    person = shop.person("u5@example.com")
    job = shop.do("POST", "/people/erase", {"who": "u5@example.com", "confirm": "erase"})[1]["job"]
    check(shop.owner.wait(job)["state"] == "done", "somebody is erased")
    shop.until("who is in no segment any more", lambda: person not in shop.members(number))
    check(not [c for c in changes(folder) if c[2] % 2**64 == int(person)], "and ever was")


with tempfile.TemporaryDirectory() as folder:
    server = Server(folder)
    shop = Shop(server)
    check(shop.do("GET", "/segments")[1]["segments"] == [], "there are none")
    check_texts(shop)
    people(shop)
    clients = team(shop)
    number = keep(shop, clients)
    looked_at(shop)
    count(shop, number, clients)
    leaves(shop)
    took = live(shop, folder, number)
    print(f"# an order was known to its segment after {took * 1000:.0f} ms")
    refunded(shop, folder)
    becomes_one(shop, folder)
    passes(shop, folder)
    newcomer(shop, folder)
    server = killed(folder, server, shop, number)
    shop = Shop(server, shop.owner, shop.key)
    erased(shop, folder, number)
    print("#", json.dumps(shop.do("GET", "/segments")[1]["live"]))
    check(server.end() == 0, "the server ends")
    check(pathlib.Path(folder, "outbox.db").exists(), "all of it stands in the outbox")
end()
