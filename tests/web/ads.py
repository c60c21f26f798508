#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A segment's lists for advertising places over the web: made by a job, fetched by who may, on record.
ads.py TIDEMARK. Prints TAP."""
import hashlib
import json
import tempfile

from client import PASSWORD, Client, Server, check, end

API = "/api/v1"
ORDERS = "order_id,ordered_at,total,currency,email,status\n" + "".join(
    f"{n},2026-01-0{n} 10:00:00,20.00,EUR,{who}@example.com,paid\n" for n, who in enumerate(("ann", "ben", "cyd"), 1))
WORDS = "event,occurred_at,email,channel,method,proof\n" + "".join(
    f"consent_granted,2026-01-05T10:00:00Z,{who}@example.com,ads,form,Checkout\n" for who in ("ann", "cyd"))
LATER = WORDS.splitlines()[0] + "\nconsent_withdrawn,2026-03-05T10:00:00Z,ann@example.com,ads,link,\n"


def hash_of(who: str) -> str:
    return hashlib.sha256(f"{who}@example.com".encode()).hexdigest()


class Shop:
    def __init__(self, folder: str) -> None:
        self.server = Server(folder)
        self.owner = Client(self.server).first_owner()
        self.do("PUT", "/settings", {"currency": "EUR", "time_zone": "Europe/Berlin", "country": "DE"})

    def do(self, method: str, path: str, body: object = None, who: Client | None = None) -> tuple[int, dict]:
        status, _, text = (who or self.owner).ask(method, API + path, body)
        return status, json.loads(text) if text else {}

    def bring(self, name: str, text: str) -> None:
        status, _, got = self.owner.ask("POST", f"{API}/imports?name={name}", raw=text.encode())
        check(status == 202 and self.owner.wait(json.loads(got)["job"])["state"] == "done", f"{name} is in", got)

    def make(self, segment: int, **body) -> dict:
        status, got = self.do("POST", f"/segments/{segment}/ads", body)
        check(status == 202, "a list is made by a job", got)
        return self.owner.wait(got["job"])

    def lines(self, segment: int, what: str) -> list[str]:
        status, got, text = self.owner.ask("GET", f"{API}/segments/{segment}/ads/file?place=meta&what={what}")
        check(status == 200 and "text/csv" in got["content-type"] and "attachment" in got["content-disposition"],
              "a file is fetched", status)
        return text.decode().splitlines()


with tempfile.TemporaryDirectory() as folder:
    shop = Shop(folder)
    shop.bring("orders.csv", ORDERS)
    shop.bring("events.csv", WORDS)
    all_of = shop.do("POST", "/segments", {"name": "Buyers", "text": "number_of_orders > 0"})[1]["id"]
    one_of = shop.do("POST", "/segments", {"name": "Cyd", "text": "customer_email = 'cyd@example.com'"})[1]["id"]
    told = shop.do("GET", f"/segments/{all_of}/ads")[1]["places"]
    check([p["place"] for p in told] == ["meta", "google", "tiktok", "x"] and not any(p["made"] for p in told),
          "all places, and nothing was made yet", told)
    check(shop.do("GET", f"/segments/{all_of}/ads/file?place=meta")[0] == 404, "there is no file yet")
    check(shop.do("POST", f"/segments/{all_of}/ads", {"place": "friendster"})[0] == 400, "a place that is none")
    check(shop.do("POST", "/segments/4711/ads", {"place": "meta"})[0] == 404, "a segment that is none")
    done = shop.make(all_of, place="meta")
    check(done["state"] == "done", "it is made", done)
    made = shop.do("GET", f"/segments/{all_of}/ads")[1]["places"][0]["made"]
    check((made["members"], made["on_list"], made["new"], made["not_agreed"], made["taken_out"]) == (3, 2, 2, 1, 0) and
          made["by"] == "owner@example.com" and made["without"] is None, "who is on it, and who did not agree", made)
    lines = shop.lines(all_of, "on")
    check(lines[0] == "email,phone,fn,ln,zip,country,ct" and
          sorted(line.split(",")[0] for line in lines[1:]) == sorted((hash_of("ann"), hash_of("cyd"))) and
          "@" not in "".join(lines), "hashes alone", lines)
    check(len(shop.lines(all_of, "gone")) == 1, "nobody is to be taken out")
    shop.bring("later.csv", LATER)
    shop.make(all_of, place="meta", without=one_of)
    made = shop.do("GET", f"/segments/{all_of}/ads")[1]["places"][0]["made"]
    check((made["on_list"], made["left_out"], made["taken_out"], made["without"]) == (0, 1, 2, "Cyd"),
          "who withdrew and who is left out are off it", made)
    check(sorted(line.split(",")[0] for line in shop.lines(all_of, "gone")[1:]) == sorted((hash_of("ann"), hash_of("cyd"))),
          "and in the file of who is to be taken out")
    shop.do("POST", "/users", {"email": "v@example.com", "password": PASSWORD + "!", "role": "analyst"})
    other = Client(shop.server)
    other.enter("v@example.com", PASSWORD + "!")
    check(shop.do("GET", f"/segments/{all_of}/ads/file?place=meta", who=other)[0] == 403 and
          shop.do("POST", f"/segments/{all_of}/ads", {"place": "meta"}, other)[0] == 403, "not everybody may")
    trail = json.dumps(shop.do("GET", "/audit")[1])
    check(f"segment {all_of}" in trail and "ads/file" in trail, "who fetched what stands on record", trail[:400])
    check(shop.server.end() == 0, "the server ends")
end()
