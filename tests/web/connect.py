#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How each source does, and what comes in now: connect.py TIDEMARK. Prints TAP."""
import base64
import hashlib
import hmac
import json
import tempfile
import threading
import time

from client import PASSWORD, Client, Server, check, end

SECRET = "seven quiet webhooks"
ORDER = {"id": 9001, "name": "#1001", "email": "ann@example.com", "currency": "EUR",
         "total_price": "25.50", "created_at": "2026-11-20T10:00:00Z",
         "updated_at": "2026-11-20T10:00:00Z", "shipping_address": {"country_code": "DE"}}


def basic(key: str) -> dict:
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def told(client: Client) -> dict:
    return json.loads(client.ask("GET", "/api/v1/sources")[2])


def source(client: Client, number: int) -> dict:
    return next(one for one in told(client)["sources"] if one["id"] == number)


def hook(anybody: Client, key: str, shop: str, secret: str = SECRET, topic: str = "orders/paid",
         delivery: str = "", order: dict = ORDER) -> int:
    body = json.dumps(order).encode()
    sign = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    headers = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-SHA256": sign,
               "X-Shopify-Shop-Domain": shop, "X-Shopify-Webhook-Id": delivery or topic + shop,
               "Content-Type": "application/json"}
    return anybody.ask("POST", f"/hooks/{key}", raw=body, headers=headers)[0]


def stream(client: Client, query: str = "", headers: dict | None = None) -> list[tuple]:
    """The events of a watch of a second and less: name, id, data."""
    status, got, body = client.ask("GET", f"/api/v1/live/events?seconds=0{query}", headers=headers)
    check(status == 200 and got["content-type"] == "text/event-stream", "a watch begins", body)
    found = []
    for block in body.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines:
            found.append((lines["event"], int(lines.get("id", 0)), json.loads(lines["data"])))
    return found


def came(events: list[tuple]) -> list[dict]:
    return [data for name, _, data in events if name == "came"]


def site(owner: Client, anybody: Client) -> dict:
    made = json.loads(owner.ask("POST", "/api/v1/sources", {"name": "Site"})[2])
    check(made["state"] == "waiting" and made["last_at"] is None and made["day"]["stored"] == 0,
          "a new source waits for its first event", made)
    for event in ({"event": "Product Viewed", "properties": {"price": 4.25, "currency": "EUR"}},
                  {"event": "Tidemark Test"}, {"event": ""}):
        anybody.ask("POST", "/v1/track", {"userId": "ann@example.com", "messageId": event["event"] or "x", **event},
                    basic(made["key"]))
    anybody.ask("POST", "/v1/track", {"userId": "ann@example.com", "messageId": "Tidemark Test",
                                      "event": "Tidemark Test"}, basic(made["key"]))
    now = source(owner, made["id"])
    check(now["state"] == "fresh" and now["last_kind"] == "test", "its first event is seen", now)
    for span in ("today", "day", "month"):
        check(now[span] == {"stored": 2, "repeated": 1, "refused": 1}, f"{span}: what became of what came", now)
    check(now["reasons"] == [{"reason": "no_event", "text": "The event has no name.", "n": 1}],
          "why something was refused", now["reasons"])
    return made


def unsigned(owner: Client, anybody: Client) -> None:
    made = json.loads(owner.ask("POST", "/api/v1/sources", {"name": "Later", "protocol": "shopify"})[2])
    path = f"/api/v1/sources/{made['id']}"
    check(made["has_secret"] is False and hook(anybody, made["key"], "a.myshopify.com", "") == 401,
          "a shop whose secret is not known yet is believed nothing", made)
    check(owner.ask("PUT", path + "/secret", {"secret": SECRET})[0] == 204 and
          hook(anybody, made["key"], "a.myshopify.com") == 200 and source(owner, made["id"])["has_secret"],
          "with its secret it is")
    owner.ask("DELETE", path)


def shop(owner: Client, anybody: Client) -> dict:
    status, _, body = owner.ask("POST", "/api/v1/sources", {
        "name": "Shop", "protocol": "shopify", "secret": SECRET,
        "domain": "https://Harbour-Tea.myshopify.com/admin"})
    made = json.loads(body)
    check(status == 201 and made["domain"] == "harbour-tea.myshopify.com" and SECRET not in body.decode(),
          "a shop is tied to its domain; its secret is not shown", body)
    check(hook(anybody, made["key"], "harbour-tea.myshopify.com") == 200 and
          hook(anybody, made["key"], "other.myshopify.com") == 200, "signed webhooks are answered")
    check(hook(anybody, made["key"], "harbour-tea.myshopify.com", "wrong") == 401, "others are not")
    now = source(owner, made["id"])
    check(now["stored"] == 1 and now["refused"] == 1 and now["reasons"][0]["reason"] == "other_shop",
          "a webhook of another shop is refused for all to see", now)
    check([(e["error"], e["n"]) for e in now["errors"]] == [("bad_signature", 1)] and now["errors"][0]["hint"],
          "a wrong signature is told with what to do", now["errors"])
    refused = json.loads(owner.ask("GET", f"/api/v1/sources/{made['id']}/refused")[2])["refused"]
    check("ann@" not in json.dumps(refused), "of what is refused nobody is named", refused)
    status, _, body = owner.ask("PATCH", f"/api/v1/sources/{made['id']}", {"domain": None, "name": "My shop"})
    check(status == 200 and json.loads(body)["domain"] == "" and json.loads(body)["name"] == "My shop",
          "name and domain are changed", body)
    check(hook(anybody, made["key"], "other.myshopify.com", delivery="again") == 200 and
          source(owner, made["id"])["stored"] == 2, "then any shop of the secret is taken")
    return made


def watching(owner: Client, viewer: Client, one: dict) -> None:
    events = stream(owner, "&people=1")
    items = came(events)
    check(events[0][0] == "begin" and "counts" in [name for name, _, _ in events], "from the newest on, with counts", events[:2])
    paid = next(item for item in items if item["name"] == "orders/paid" and item["fate"] == "stored")
    check((paid["kind"], paid["minor"], paid["currency"], paid["country"], paid["person"]) ==
          ("order", 2550, "EUR", "DE", "ann@example.com"), "an order tells its money, land and person", paid)
    fates = sorted({item["fate"] for item in items})
    check(fates == ["away", "refused", "repeated", "stored"], "and what was refused is there as well", fates)
    for who, query in (owner, ""), (viewer, "&people=1"):
        check(not any("person" in item for item in came(stream(who, query))), "who is not asked for, or not for this role, is not told")
    ids = [number for name, number, _ in events if name == "came"]
    check(ids == sorted(ids) and len(set(ids)) == len(ids), "numbers ascend")
    later = stream(owner, headers={"Last-Event-ID": str(ids[-3])})
    check([number for _, number, _ in later if number] == ids[-2:] and not any(name == "begin" for name, _, _ in later),
          "a watch goes on after the last event seen", later)
    check(stream(owner, f"&after={ids[0] - 10 ** 9}")[0][0] == "begin", "an older server's number begins anew")
    arabic = [item.get("text", "") for item in came(stream(owner, "&lang=ar"))]
    check(any("ط" in text or "ل" in text for text in arabic) and owner.ask("GET", "/api/v1/live/events?lang=xx")[0] == 400,
          "reasons come in the reader's language", arabic)
    minutes = [m for name, _, data in events if name == "counts" for m in data["minutes"] if m["source"] == one["id"]]
    check(sum(m["stored"] for m in minutes) == 2 and sum(m["refused"] for m in minutes) == 1, "counts a minute", minutes)


def live(owner: Client, anybody: Client, one: dict) -> None:
    """Who watches hears of an event while it is watching."""
    heard: list[float] = []
    begun = time.monotonic()

    def watch() -> None:
        status, _, body = owner.ask("GET", "/api/v1/live/events?seconds=3")
        heard.append(status)
        heard.append(b"Checkout Started" in body)

    thread = threading.Thread(target=watch)
    thread.start()
    time.sleep(0.5)
    anybody.ask("POST", "/v1/track", {"userId": "u", "event": "Checkout Started"}, basic(one["key"]))
    thread.join()
    check(heard == [200, True] and time.monotonic() - begun < 15, "an event is told while somebody watches", heard)


def many(owner: Client, anybody: Client, one: dict) -> None:
    batch = [{"type": "track", "userId": "u", "event": f"E{i}"} for i in range(2000)]
    for _ in range(2):
        anybody.ask("POST", "/v1/batch", {"batch": batch}, basic(one["key"]))
    events = stream(owner)
    check(len(came(events)) <= 200, "of very many the newest few are told", len(came(events)))
    minutes = [m for name, _, data in events if name == "counts" for m in data["minutes"] if m["source"] == one["id"]]
    check(sum(m["stored"] for m in minutes) == 4003, "and all are counted", minutes)
    open_ends = []
    for _ in range(40):
        thread = threading.Thread(target=lambda: open_ends.append(owner.ask("GET", "/api/v1/live/events?seconds=2")[0]))
        thread.start()
        open_ends.append(thread)
    for thread in [one for one in open_ends if isinstance(one, threading.Thread)]:
        thread.join()
    answers = [one for one in open_ends if isinstance(one, int)]
    check(answers.count(200) >= 32 and set(answers) <= {200, 503}, "so many watch, and no more", answers)


def keys(owner: Client, anybody: Client, one: dict) -> None:
    status, _, body = owner.ask("POST", f"/api/v1/sources/{one['id']}/rotate", {})
    new = json.loads(body)
    check(status == 200 and new["key"] != one["key"] and new["stored"] == source(owner, one["id"])["stored"],
          "a new key, the same source", body)
    status = anybody.ask("POST", "/v1/track", {"userId": "u", "event": "E"}, basic(one["key"]))[0]
    check(status == 401 and anybody.ask("POST", "/v1/track", {"userId": "u", "event": "E"}, basic(new["key"]))[0] == 200,
          "the old key counts no more")
    check([e["error"] for e in told(owner)["errors"]] == ["unknown_key"], "which is told", told(owner)["errors"])
    check(owner.ask("DELETE", f"/api/v1/sources/{one['id']}")[0] == 204, "a source is revoked")
    anybody.ask("POST", "/v1/track", {"userId": "u", "event": "E"}, basic(new["key"]))
    now = source(owner, one["id"])
    check(now["state"] == "revoked" and [e["error"] for e in now["errors"]] == ["unknown_key"],
          "what still comes with its key is told of it", now)
    check(came(stream(owner))[-1]["reason"] == "unknown_key", "and is seen as it comes")
    for method, path in ("POST", "/rotate"), ("PATCH", ""), ("DELETE", ""):
        body = {} if method != "DELETE" else None
        check(owner.ask(method, f"/api/v1/sources/{one['id']}{path}", body)[0] == 404, f"{method} of a revoked one: 404")


def again(owner: Client, one: dict) -> None:
    items = came(stream(owner))
    check(len(items) > 50 and {item["fate"] for item in items} == {"stored"}, "what came before a restart is still seen", items[-3:])
    now = source(owner, one["id"])
    check(now["day"]["stored"] == now["stored"] and now["day"]["refused"] == now["refused"],
          "the hours add up to the whole", now)


with tempfile.TemporaryDirectory() as folder:
    server = Server(folder)
    owner = Client(server).first_owner()
    viewer, anybody = Client(server), Client(server)
    owner.ask("POST", "/api/v1/users", {"email": "viewer@example.com", "password": PASSWORD + "!", "role": "viewer"})
    viewer.enter("viewer@example.com", PASSWORD + "!")
    check(viewer.ask("POST", "/api/v1/sources", {"name": "x"})[0] == 403, "who only looks makes no key")
    first = site(owner, anybody)
    hooked = shop(owner, anybody)
    unsigned(owner, anybody)
    check(len(told(viewer)["sources"]) == 3, "but sees how they do")
    watching(owner, viewer, first)
    live(owner, anybody, first)
    many(owner, anybody, first)
    keys(owner, anybody, first)
    check(server.end() == 0, "the server ends")
    server = Server(folder)
    owner = Client(server)
    owner.enter("owner@example.com")
    again(owner, hooked)
    check(server.end() == 0, "and once more")
end()
