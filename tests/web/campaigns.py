#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Campaigns over the web: checked, kept, counted, approved by somebody else, launched, paused and
cancelled; people are planned once each, also when the server is killed; what is gone or has grown
waits for a word.
campaigns.py TIDEMARK. Prints TAP."""
import json
import pathlib
import signal
import sqlite3
import tempfile
import time

from client import PASSWORD, Client, Server, check, end

API = "/api/v1"
PEOPLE = 12
SALE = """name: Sale
about: Everything must go
to: {include: Buyers, exclude: {where: "number_of_orders > 1"}}
holdout: 20
needs_approval: yes
sends:
  - {name: opening, message: sale-1, channel: [sms, email], when: at once}
  - {name: reminder, message: sale-2, channel: email, after: 3 days, only: not ordered}
"""


class Shop:
    def __init__(self, server: Server, folder: str) -> None:
        self.server, self.folder = server, folder
        self.owner = Client(server).first_owner()
        self.owner.ask("PUT", API + "/settings", {"currency": "EUR", "time_zone": "Europe/Berlin"})
        self.key = self.do("POST", "/sources", {"name": "Site", "ledger": True})[1]["key"]
        self.marketer = self.person("marketer")
        self.viewer = self.person("viewer")

    def person(self, role: str) -> Client:
        self.do("POST", "/users", {"email": f"{role}@example.com", "password": PASSWORD + "!", "role": role})
        client = Client(self.server)
        client.enter(f"{role}@example.com", PASSWORD + "!")
        return client

    def again(self, how: int) -> None:
        """The server ends, and another one begins."""
        self.server.process.send_signal(how)
        self.server.process.wait()
        self.server = Server(self.folder)
        for who, password in (("owner", PASSWORD), ("marketer", PASSWORD + "!")):
            client = Client(self.server)
            client.enter(f"{who}@example.com", password)
            setattr(self, who, client)

    def do(self, method: str, path: str, body: object = None, who: Client | None = None,
           headers: dict | None = None) -> tuple[int, dict, dict]:
        status, got, text = (who or self.owner).ask(method, API + path, body, headers)
        return status, json.loads(text) if text else {}, got

    def send(self, call: str, **body) -> None:
        Client(self.server).ask("POST", f"/v1/{call}", {"writeKey": self.key, **body})

    def settle(self) -> None:
        done = self.owner.wait(self.do("POST", "/assessments", {})[1]["job"])
        check(done["state"] == "done", "the figures are made", done)

    def until(self, what: str, test, detail=lambda: "") -> None:
        begun = time.monotonic()
        while time.monotonic() - begun < 90:
            if test():
                check(True, what)
                return
            time.sleep(0.05)
        check(False, what, detail())

    def campaign(self, number: int) -> dict:
        return self.do("GET", f"/campaigns/{number}")[1]

    def outbox(self, sql: str) -> list:
        with sqlite3.connect(f"file:{pathlib.Path(self.folder, 'outbox.db')}?mode=ro", uri=True) as db:
            return db.execute(sql).fetchall()


def fill(shop: Shop) -> None:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 7200))
    for n in range(PEOPLE):
        shop.send("identify", userId=f"u{n}", traits={"email": f"u{n}@example.com", "name": f"Person {n}",
                                                      "address": {"country": "DE"}})
        for k in range(2 if n == 0 else 1):
            shop.send("track", userId=f"u{n}", event="Order Completed", timestamp=at,
                      properties={"order_id": f"o{n}-{k}", "total": 20, "currency": "EUR"})
    shop.settle()
    shop.do("POST", "/segments", {"name": "Buyers", "text": "number_of_orders > 0"})


def check_texts(shop: Shop) -> int:
    told = shop.do("POST", "/campaigns/check", {"text": SALE.replace("20", "60").replace("sms", "pigeon")})[1]
    check(not told["ok"] and [p["line"] for p in told["problems"]] == [4, 7], "all mistakes with their lines", told)
    told = shop.do("POST", "/campaigns/check", {"text": SALE.replace("Buyers", "Nobody")})[1]
    check(not told["ok"] and "Nobody" in told["problems"][0]["problem"], "a segment that is not there", told)
    told = shop.do("POST", "/campaigns/check", {"text": SALE})[1]
    check(told["ok"] and told["campaign"]["sends"][1]["only"] == "not ordered", "what a text says", told)
    check(len(shop.do("GET", "/campaigns/starters")[1]["starters"]) == 3, "campaigns to begin with")
    check(shop.do("POST", "/campaigns", {"text": SALE}, shop.viewer)[0] == 403, "who only reads keeps none")
    status, made, _ = shop.do("POST", "/campaigns", {"text": SALE}, shop.marketer)
    check(status == 201 and made["status"] == "draft" and made["text"] == SALE, "one is kept", made)
    check(shop.do("POST", "/campaigns", {"text": SALE})[0] == 409, "a name is one campaign's")
    check(shop.do("POST", "/campaigns", {"text": SALE.replace("Sale", "77")})[0] == 400, "a number is no name")
    check([c["name"] for c in shop.do("GET", "/campaigns")[1]["campaigns"]] == ["Sale"], "and listed")
    check(shop.do("GET", "/campaigns/4711")[0] == 404, "a number that none has")
    return made["id"]


def write_messages(shop: Shop) -> None:
    for name in ("sale-1", "sale-2"):
        text = f"name: {name}\nsubject: Sale\nhtml: \"{{% render 'top' %}}Hello{{% render 'end' %}}\"\n"
        check(shop.do("PUT", "/messages", {"text": text}, shop.marketer)[0] == 200, "a message is kept")


def check_words(shop: Shop, number: int) -> None:
    """Whose word is needed before anything goes."""
    one = f"/campaigns/{number}"
    check(shop.do("POST", one + "/launch", {}, shop.marketer)[0] == 400, "uncounted it is not launched")
    status, seen, _ = shop.do("POST", one + "/preview", {}, shop.marketer)
    check(status == 200 and seen["people"] == PEOPLE - 1 and seen["excluded"] == 1, "its people are counted", seen)
    check(seen["channels"] == {"sms": 0, "email": seen["reached"]} and
          seen["reached"] + seen["held_out"] == PEOPLE - 1, "by channel, and who is held out", seen)
    check(seen["sent"]["people"] == 0 and seen["refused"]["people"] == seen["reached"] and seen["sample"] is None and
          [(o["channel"], o["verdict"], o["reason"]) for o in seen["outcomes"] if o["people"]] ==
          [("email", "refused", "no_consent")], "nobody has agreed, and that is told", seen)
    check(seen["throttle"] is None and seen["sending"] == "unset", "without a throttle, and sending is not set up", seen)
    check(not pathlib.Path(shop.folder, "outbox.db").exists() or not shop.outbox("SELECT 1 FROM message"),
          "to tell it plans nothing")
    check(shop.do("POST", one + "/launch", {}, shop.marketer)[0] == 400, "nor without a second word")
    check(shop.do("POST", one + "/approve", {}, shop.marketer)[0] == 403, "which not everybody may give")
    check(shop.do("POST", one + "/approve", {})[1]["status"] == "approved", "an owner may")
    tag = shop.do("GET", one)[2].get("etag", "")
    changed = shop.do("PUT", one, {"text": SALE + "# more\n"}, headers={"If-Match": tag})
    check(changed[0] == 200 and changed[1]["status"] == "draft" and changed[1]["people"] is None,
          "another text has nobody's word", changed)
    check(shop.do("PUT", one, {"text": SALE}, headers={"If-Match": tag})[0] == 412, "who saves over another is told")
    shop.do("POST", one + "/preview", {})
    check(shop.do("POST", one + "/approve", {})[0] == 403, "who changed it last does not approve it")
    shop.do("PUT", one, {"text": SALE}, shop.marketer)
    shop.do("POST", one + "/preview", {})
    shop.do("POST", one + "/approve", {})


def check_way(shop: Shop, number: int) -> None:
    one = f"/campaigns/{number}"
    lacking = shop.do("POST", one + "/launch", {}, shop.marketer)
    check(lacking[0] == 404 and "sale-1" in lacking[1]["detail"], "without its messages it is not launched", lacking)
    write_messages(shop)
    before = time.time()
    check(shop.do("POST", one + "/launch", {}, shop.marketer)[1]["status"] in ("scheduled", "sending"), "launched")
    shop.until("its people are planned", lambda: shop.do("GET", one + "/numbers")[1]["sends"][0]["stage"] == "done",
               lambda: shop.do("GET", one)[1])
    first = shop.do("GET", one + "/numbers")[1]["sends"][0]
    counts = first["variants"][0]["messages"]
    check(first["people"] == PEOPLE - 1 and first["planned"] + first["held_out"] == PEOPLE - 1 and
          counts == [{"state": "planned", "reason": "", "reason_text": "", "count": first["planned"]}],
          "each once, but for who is held out", first)
    soonest = shop.outbox("SELECT min(next_us) FROM message")[0][0] / 1e6
    check(soonest >= before + 59, "nothing goes out in the first minute", soonest - before)
    check(shop.do("PUT", one, {"text": SALE + "# x\n"})[0] == 409 and shop.do("DELETE", one)[0] == 409,
          "what is on its way stays as it is")
    check(shop.do("POST", one + "/pause", {})[1]["status"] == "paused", "paused")
    check(shop.do("POST", one + "/resume", {})[1]["status"] == "sending", "and on again")
    check(shop.do("POST", one + "/confirm", {})[0] == 400, "nothing waits for a word")
    shop.again(signal.SIGKILL)
    shop.until("the server is back", lambda: shop.do("GET", one)[1].get("status") == "sending")
    check(shop.outbox("SELECT count(*), count(DISTINCT person) FROM message") == [(first["planned"],) * 2],
          "killed and back, nobody is planned twice")
    dates = shop.do("GET", "/calendar")[1]
    check([d["send"] for d in dates["dates"]][:1] == ["opening"], "it is on the calendar", dates)
    status, got, ics = shop.owner.ask("GET", API + "/calendar?format=ics")
    check(status == 200 and "text/calendar" in got["content-type"] and b"SUMMARY:Sale: opening\r\n" in ics,
          "and in a calendar's own form", ics)
    check(shop.do("GET", "/calendar?from=2026-13-01")[0] == 400, "a day that is none")
    check(shop.do("POST", one + "/cancel", {})[1]["status"] == "cancelled", "cancelled")
    check(shop.do("POST", one + "/launch", {})[0] == 409, "for good")


def check_guard(shop: Shop) -> None:
    """never_21: an empty or broken group is nobody; more people than were counted wait for a word."""
    text = SALE.replace("Sale", "Again").replace("needs_approval: yes\n", "throttle: 60\n")
    number = shop.do("POST", "/campaigns", {"text": text})[1]["id"]
    one = f"/campaigns/{number}"
    seen = shop.do("POST", one + "/preview", {})[1]
    check(seen["throttle"]["per_hour"] == 60 and seen["throttle"]["seconds"] == 60 * (seen["reached"] - 1),
          "over how long the throttle spreads it", seen)
    with sqlite3.connect(pathlib.Path(shop.folder, "store.db"), timeout=30) as db:
        db.execute("UPDATE campaign SET seen_people = 5 WHERE id = ?", (number,))
    shop.do("POST", one + "/launch", {})
    shop.until("it waits for a word", lambda: shop.campaign(number)["status"] == "held", lambda: shop.campaign(number))
    held = shop.campaign(number)
    check(held["held_people"] == PEOPLE - 1 and
          not shop.outbox(f"SELECT 1 FROM message WHERE campaign = {number}"), "with nobody planned", held)
    check(shop.do("POST", one + "/confirm", {})[0] == 200, "somebody says it is right")
    shop.until("and they are planned", lambda: shop.do("GET", one + "/numbers")[1]["sends"][0]["stage"] == "done",
               lambda: shop.campaign(number))


with tempfile.TemporaryDirectory() as folder:
    shop = Shop(Server(folder), folder)
    fill(shop)
    number = check_texts(shop)
    check_words(shop, number)
    check_way(shop, number)
    check_guard(shop)
    check(shop.server.end() == 0, "the server ends")
end()
