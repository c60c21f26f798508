#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Flows that are live on a server: what came by the Segment API starts people, plans what is said to them
and takes it back when they did what the flow is for. flows.py TIDEMARK. Prints TAP.

How long it takes from the answer to the planned message is told as a comment."""
import datetime
import json
import pathlib
import sqlite3
import subprocess
import tempfile
import time

from client import Client, Server, check, end, tidemark

WELCOME = """name: Welcome
start: {event: sign_up}
goal: order_complete
steps:
  - {name: hello, send: welcome-1, channel: email}
  - {name: two days, wait: 2 days}
  - {name: more, send: welcome-2, channel: email}
"""
CART = """name: Cart
start: {event: cart_add, where: number_of_orders > 0}
again: always
goal: order_complete
steps:
  - {name: a while, wait: 1 minute}
  - {name: left, send: cart-1, channel: email}
"""
LIMIT = 120  # seconds that a slow machine may take
SIGN_UPS = 40


class Shop:
    def __init__(self, folder: str) -> None:
        self.folder = pathlib.Path(folder, "shop")
        subprocess.run([tidemark, "init", str(self.folder), "--currency", "EUR", "--country", "DE"], check=True,
                       capture_output=True)
        self.server = Server(str(self.folder))
        self.owner, self.anybody = Client(self.server).first_owner(), Client(self.server)
        self.key = json.loads(self.owner.ask("POST", "/api/v1/sources", {"name": "Site", "ledger": True})[2])["key"]

    def call(self, method: str, path: str, body: dict | None = None) -> tuple[int, dict]:
        status, _, answer = self.owner.ask(method, "/api/v1" + path, body)
        return status, json.loads(answer) if answer else {}

    def keep(self, text: str, name: str) -> int:
        status, answer = self.call("POST", "/flows", {"text": text})
        check(status == 201, f"{name} is kept", answer)
        status, told = self.call("POST", f"/flows/{answer['id']}/on")
        check(status == 204, f"{name} is on", told)
        return answer["id"]

    def track(self, user: str, event: str, **properties) -> float:
        status = self.anybody.ask("POST", "/v1/track", {
            "writeKey": self.key, "userId": user, "event": event, "properties": properties,
            "context": {"traits": {"email": f"{user}@example.com", "firstName": user.title()}}})[0]
        if status != 200:
            check(False, f"{event} of {user} is taken", status)
        return time.monotonic()

    def settle(self) -> None:
        job = json.loads(self.owner.ask("POST", "/api/v1/assessments", {})[2])["job"]
        done = self.owner.wait(job)
        check(done["state"] == "done", "the figures are made", done)

    def ask(self, sql: str, *values) -> list:
        if not (self.folder / "outbox.db").exists():
            return []
        base = sqlite3.connect(self.folder / "outbox.db", timeout=30)
        try:
            return base.execute(sql, values).fetchall()
        except sqlite3.OperationalError as missing:
            if "no such table" not in str(missing):
                raise
            return []  # it is being made
        finally:
            base.close()

    def until(self, sql: str, wanted, what: str, *values) -> float:
        for _ in range(LIMIT * 100):
            got = self.ask(sql, *values)
            if got and got[0][0] == wanted:
                break
            time.sleep(0.01)
        else:
            check(False, what, (self.ask(sql, *values), self.call("GET", "/flows")[1].get("live")))
            self.server.end()
            end()
        return time.monotonic()


BIRTHDAY = """name: Birthday
start: {every_year: birthday, at: "%s"}
steps:
  - {name: wish, send: birthday-1, channel: email}
"""
MESSAGES = "SELECT count(*) FROM message WHERE address = ? AND state = ?"
PLANNED, SKIPPED = 0, 6


def birthdays(shop: Shop) -> None:
    """At the minute of the shop's clock, in the shop's zone (UTC): the person's is not known."""
    due = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=100)

    def tells(user: str, day: datetime.datetime) -> float:
        status = shop.anybody.ask("POST", "/v1/identify", {
            "writeKey": shop.key, "userId": user,
            "traits": {"email": f"{user}@example.com", "birthday": f"1984-{day:%m-%d}"}})[0]
        check(status == 200, f"{user} tells a birthday", status)
        return time.monotonic()

    tells("born", due)
    tells("other", due + datetime.timedelta(days=40))
    shop.settle()
    shop.keep(BIRTHDAY % f"{due:%H:%M}", "the birthday's flow")
    shop.until(MESSAGES, 1, "who was born on this day gets a wish", "born@example.com", PLANNED)
    check(datetime.datetime.now(datetime.timezone.utc) >= due.replace(second=0, microsecond=0), "not before the hour")
    check(not shop.ask("SELECT 1 FROM message WHERE address = 'other@example.com'"), "and nobody else")
    told = tells("told", due)
    took = shop.until(MESSAGES, 1, "who tells it after the hour gets one, too, without anybody's doing", "told@example.com",
                      PLANNED) - told
    print(f"# {took:.1f} s after it was told")


def welcomes(shop: Shop) -> None:
    took = []
    for n in range(SIGN_UPS):
        user = f"new{n}"
        answered = shop.track(user, "Signed Up")
        took.append(shop.until(MESSAGES, 1, f"{user} is greeted", f"{user}@example.com", PLANNED) - answered)
    took.sort()
    check(len(took) == SIGN_UPS, "everybody who signs up is greeted")
    print(f"# planned after the answer: p50 {took[SIGN_UPS // 2] * 1000:.0f} ms, most "
          f"{took[-1] * 1000:.0f} ms of {SIGN_UPS}")
    shop.track("new0", "Signed Up")
    data = json.loads(shop.ask("SELECT data FROM message WHERE address = 'new0@example.com'")[0][0])
    check(data["message"] == "welcome-1" and data["contact"]["first_name"] == "New0", "the message knows whom it greets",
          data)


def goals(shop: Shop) -> None:
    shop.track("new1", "Order Completed", order_id="1", total=20, currency="EUR")
    shop.until(MESSAGES, 1, "who orders is not greeted any more", "new1@example.com", SKIPPED)
    check(shop.ask("SELECT count(*) FROM run WHERE outcome = 2") == [(1,)], "the goal is counted")


def segments(shop: Shop) -> int:
    shop.settle()
    cart = shop.keep(CART, "Cart")
    shop.track("new1", "Product Added", product_id="7", name="Shirt", price=12.5)
    shop.track("new2", "Product Added", product_id="7", name="Shirt", price=12.5)
    shop.until("SELECT count(*) FROM run WHERE flow = ?", 1, "who has ordered starts, who has not does not", cart)
    sign = shop.track("last", "Signed Up")
    shop.until(MESSAGES, 1, "all before is seen to", "last@example.com", PLANNED)
    check(shop.ask("SELECT count(*) FROM run WHERE flow = ?", cart) == [(1,)], "nobody else starts", sign)
    return cart


def enters(shop: Shop) -> None:
    shop.anybody.ask("POST", "/v1/identify", {"writeKey": shop.key, "userId": "new2",
                                              "traits": {"email": "new2@example.com"}})
    shop.settle()
    status, told = shop.call("POST", "/segments", {"name": "Twice", "text": "number_of_orders > 1"})
    check(status == 201, "a segment is kept", told)
    for _ in range(LIMIT * 10):
        if shop.call("GET", f"/segments/{told['id']}")[1].get("members") is not None:
            break
        time.sleep(0.1)
    flow = shop.keep("name: Again\nstart: {enters: Twice}\nsteps:\n  - {name: a, send: welcome-2, channel: email}\n",
                     "Again")
    for n in range(2):
        shop.track("new2", "Order Completed", order_id=f"2{n}", total=20, currency="EUR")
    shop.until("SELECT count(*) FROM message WHERE campaign = ? AND address = 'new2@example.com'", 1,
               "who comes into a segment is written to", flow)


def switches(shop: Shop, welcome: int, cart: int) -> None:
    check(shop.call("POST", f"/flows/{welcome}/off", {})[0] == 204, "a flow is switched off")
    shop.track("late", "Signed Up")
    check(shop.call("POST", f"/flows/{cart}/off", {"stop": True})[0] == 204, "another is stopped")
    shop.until("SELECT count(*) FROM run WHERE flow = ? AND outcome = 0", 0, "nobody is on the way after that", cart)
    check(shop.ask("SELECT count(*) FROM message WHERE address = 'late@example.com'") == [(0,)],
          "a flow that is off starts nobody")
    listed = {f["name"]: f for f in shop.call("GET", "/flows")[1]["flows"]}
    check(listed["Welcome"]["state"] == "off" and listed["Cart"]["state"] == "stopped" and
          listed["Welcome"]["started"] == SIGN_UPS + 1, "their states are told", listed)
    numbers = shop.call("GET", f"/flows/{welcome}/numbers")[1]
    check(numbers["started"] == SIGN_UPS + 1 and numbers["goal"] == 2 and
          numbers["steps"][0]["passed"] == SIGN_UPS + 1, "its numbers are told", numbers)


def texts(shop: Shop) -> None:
    bad = "name: Bad\nagain: soon\nstart: {event: cart_add}\nsteps:\n  - {name: a, wait: 1 day}\n"
    status, told = shop.call("POST", "/flows/check", {"text": bad})
    check(status == 200 and [f["line"] for f in told["faults"]] == [2, 5] and told["flow"] is None,
          "all mistakes are told with their lines", told)
    check(shop.call("POST", "/flows", {"text": bad})[0] == 400, "a text with mistakes is not kept")
    status, told = shop.call("POST", "/flows/check", {"text": WELCOME.replace("welcome-2", "unwritten")})
    check(status == 200 and not told["faults"] and "unwritten" in told["lacks"] and told["flow"]["steps"],
          "what the shop lacks is told, too", told)
    first = shop.call("GET", "/flows")[1]["flows"][0]["id"]
    status, headers, body = shop.owner.ask("GET", f"/api/v1/flows/{first}")
    text = json.loads(body)["text"]
    check(status == 200 and headers.get("etag"), "a flow is told with its version", headers)
    stale = shop.owner.ask("PUT", f"/api/v1/flows/{first}", {"text": text}, {"If-Match": '"other"'})
    check(stale[0] == 412, "another version is not written over", stale)
    check(shop.call("PUT", f"/flows/{first}", {"text": text + "# seen\n"})[0] == 200, "a flow is changed")
    starters = shop.call("GET", "/flows/starters?practice=AUT-2")[1]["starters"]
    check(starters and all(s["practice"] == "AUT-2" for s in starters), "starters are told by practice", starters)
    for practice in ("AUT-1", "AUT-3", "AUT-4", "AUT-5", "AUT-6"):
        served = shop.call("GET", f"/flows/starters?practice={practice}")[1]["starters"]
        check(len(served) > 0, f"a flow serves {practice}", served)
    status, told = shop.call("POST", "/flows/starters", {"code": starters[0]["code"]})
    check(status == 201, "one is kept and switched on at once", told)
    check(shop.call("GET", f"/flows/{told['id']}")[1]["state"] == "on", "it is on")
    arabic = {"Accept-Language": "ar"}
    listed = json.loads(shop.owner.ask("GET", "/api/v1/flows/starters?practice=AUT-2", None, arabic)[2])["starters"]
    check(listed[0]["kept"] == told["id"] and listed[0]["name"] != starters[0]["name"],
          "who reads another language is told that it is there", listed)
    again = shop.owner.ask("POST", "/api/v1/flows/starters", {"code": starters[0]["code"], "on": False}, arabic)
    check(again[0] == 409, "and it is not kept once more under another name", again)
    twice = shop.call("POST", "/flows/starters", {"code": "cart_soon"})
    check(twice[0] == 409 and "cart-1" in twice[1]["detail"] and twice[1]["hint"],
          "another that says the same after the same is not switched on beside it", twice)
    check(shop.call("POST", "/flows/starters", {"code": "cart_soon", "on": False})[0] == 201, "but kept, if off")
    check(shop.call("POST", "/flows/starters", {"code": "goose"})[0] == 404, "another is not known")
    check(shop.call("DELETE", f"/flows/{told['id']}")[0] == 204, "a flow is removed")
    audit = shop.owner.ask("GET", "/api/v1/audit")[2].decode()
    check(f'"flow {first}"' in audit and "/flows/{id}/on" in audit, "who switched is on record", audit[:600])


def tasks(shop: Shop) -> None:
    shop.keep("name: Ring\nstart: {event: call_me}\nsteps:\n  - {name: ring, ask: Ring back, due: 1 day}\n", "Ring")
    shop.track("new5", "Call Me")
    shop.until("SELECT count(*) FROM task", 1, "a task is made")
    listed = shop.call("GET", "/tasks")[1]["tasks"]
    check(len(listed) == 1 and listed[0]["text"] == "Ring back", "it is told", listed)
    check(shop.call("POST", f"/tasks/{listed[0]['id']}/done", None)[0] == 204, "it is done")
    check(shop.call("GET", "/tasks")[1]["tasks"] == [], "what is done is told no more")
    done = shop.call("GET", "/tasks?all=1")[1]["tasks"]
    check(done and done[0]["done_by"] == "owner@example.com", "unless it is asked for", done)
    check(shop.call("POST", "/tasks/99/done", None)[0] == 404, "another is not known")


def systems(shop: Shop) -> None:
    shop.keep("name: Told\nstart: {event: call_crm}\nsteps:\n"
              "  - {name: crm, webhook: \"https://crm.example/in\"}\n", "Told")
    shop.track("new7", "Call CRM")
    shop.until("SELECT count(*) FROM message WHERE channel = 'webhook' AND address = 'https://crm.example/in'", 1,
               "another system is to be told")
    data = json.loads(shop.ask("SELECT data FROM message WHERE channel = 'webhook'")[0][0])
    check([data["event"], data["flow"], data["step"], data["contact"]["email"]]
          == ["call_crm", "Told", "crm", "new7@example.com"] and int(data["person"]) > 0, "who came where", data)
    refused = shop.call("POST", "/flows", {"text": "name: In\nstart: {event: a}\nsteps:\n"
                                                   "  - {name: b, webhook: \"https://localhost/\"}\n"})
    check(refused[0] == 400, "but none inside", refused)


def restart(shop: Shop, welcome: int) -> None:
    shop.call("POST", f"/flows/{welcome}/on")
    shop.server.end()
    shop.server = Server(str(shop.folder))
    shop.anybody = Client(shop.server)
    shop.track("back", "Signed Up")
    shop.until(MESSAGES, 1, "another process goes on", "back@example.com", PLANNED)
    check(shop.ask("SELECT count(*) FROM message WHERE address = 'new3@example.com'") == [(1,)],
          "nobody is greeted twice")


with tempfile.TemporaryDirectory() as folder:
    shop = Shop(folder)
    shop.track("old", "Order Completed", order_id="0", total=20, currency="EUR")
    shop.settle()
    welcome = shop.keep(WELCOME, "Welcome")
    birthdays(shop)
    welcomes(shop)
    goals(shop)
    cart = segments(shop)
    enters(shop)
    switches(shop, welcome, cart)
    texts(shop)
    tasks(shop)
    systems(shop)
    restart(shop, welcome)
    shop.server.end()
end()
