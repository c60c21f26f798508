#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What is turned away at the door is counted by source, over restarts, within bounds, and the same
wherever it is shown: door.py TIDEMARK. Prints TAP."""
import base64
import hashlib
import hmac
import json
import os
import sqlite3
import subprocess
import tempfile

from client import Client, Server, check, end, tidemark

SECRET = "seven quiet webhooks"
EVENT = {"userId": "u", "event": "Product Viewed", "properties": {"price": 4.25}}


def basic(key: str) -> dict:
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def told(client: Client) -> dict:
    return json.loads(client.ask("GET", "/api/v1/sources")[2])


def errors(of: dict) -> dict:
    return {e["error"]: e["n"] for e in of["errors"]}


def command(*words: str) -> tuple[int, str]:
    done = subprocess.run([tidemark, *words, "--lang", "en"], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


def knock(owner: Client, anybody: Client) -> None:
    site = json.loads(owner.ask("POST", "/api/v1/sources", {"name": "Site"})[2])
    shop = json.loads(owner.ask("POST", "/api/v1/sources", {"name": "Shop", "protocol": "shopify", "secret": SECRET})[2])
    for status, what in ((200, {"body": EVENT}), (200, {"body": {**EVENT, "messageId": "m"}}),
                         (200, {"body": {**EVENT, "messageId": "m"}}), (200, {"body": {"event": "x"}}),
                         (400, {"raw": b"{"}), (400, {"raw": b"[]"}), (400, {"raw": b" " * (600 << 10)})):
        got = anybody.ask("POST", "/v1/track", what.get("body"), basic(site["key"]), raw=what.get("raw"))[0]
        check(got == status, f"an event is answered with {status}", got)
    sign = base64.b64encode(hmac.new(b"wrong", b"{}", hashlib.sha256).digest()).decode()
    for raw in b"{}", b" " * (2 << 20):
        anybody.ask("POST", f"/hooks/{shop['key']}", raw=raw, headers={"X-Shopify-Hmac-SHA256": sign, "X-Shopify-Topic": "orders/paid"})
    for _ in range(3):
        anybody.ask("POST", "/v1/track", EVENT, basic("ann@example.com"))
    one, two = told(owner)["sources"]
    check((one["accepted"], one["stored"], one["repeated"], one["refused"]) == (4, 2, 1, 1), "accepted is the sum", one)
    check(one["in_journal"] == 2 and one["in_engine"] + one["waiting"] == 2, "and where it is", one)
    check(errors(one) == {"malformed": 2, "body_too_large": 1}, "what could not be read is told of whose it is", errors(one))
    check(errors(two) == {"bad_signature": 1, "body_too_large": 1} and two["accepted"] == 0, "so is a wrong signature", errors(two))
    check(errors(told(owner)) == {"unknown_key": 3}, "and what is nobody's", told(owner)["errors"])
    strangers = told(owner)["strangers"]
    check([s["n"] for s in strangers] == [3] and len(strangers[0]["key_hash"]) == 8 and "ann" not in str(strangers),
          "with a short hash of its key", strangers)


def flood(owner: Client, anybody: Client, folder: str) -> None:
    before = errors(told(owner))["unknown_key"]
    answers = [anybody.ask("POST", "/v1/track", EVENT, basic(f"guess{i}"))[0] for i in range(330)]
    now = errors(told(owner))
    check(now["unknown_key"] - before == answers.count(401) and now["too_often"] == answers.count(429) > 0,
          "all of very many are counted", now)
    check(len(told(owner)["strangers"]) <= 8, "few are told apart", told(owner)["strangers"])
    with sqlite3.connect(f"file:{folder}/store.db?mode=ro", uri=True) as db:
        rows = db.execute("SELECT count(*) FROM turned").fetchone()[0]
    check(rows < 80, "and their record does not grow with them", rows)


def money(owner: Client) -> None:
    def seen() -> list[tuple]:
        body = owner.ask("GET", "/api/v1/live/events?seconds=0")[2].decode()
        blocks = [dict(l.split(": ", 1) for l in b.splitlines() if ": " in l) for b in body.split("\n\n")]
        items = [json.loads(b["data"]) for b in blocks if b.get("event") == "came"]
        return [(i["minor"], i["currency"]) for i in items if "minor" in i and i["fate"] == "stored"]

    for currency, minor in ("EUR", 425), ("USD", 425), ("JPY", 4), ("KWD", 4250):
        owner.ask("PUT", "/api/v1/settings", {"currency": currency})
        check(set(seen()) == {(minor, currency)}, f"an amount without a currency is in the shop's: {currency}", seen())


def on_the_terminal(folder: str, kept: dict) -> None:
    status, text = command("sources", "list", "--workspace", folder, "--json")
    listed = json.loads(text)
    same = ("id", "accepted", "stored", "repeated", "refused", "in_journal", "last_at", "state", "reasons", "errors")
    for ours, theirs in zip(listed["sources"], kept["sources"]):
        check([ours[k] for k in same] == [theirs[k] for k in same], "the terminal tells the same of a source", (ours, theirs))
    check(listed["errors"] == kept["errors"] and listed["strangers"] == kept["strangers"], "and of strangers", listed)
    status, text = command("sources", "--workspace", folder)
    check("accepted: 4; stored: 2, repeated: 1, refused: 1" in text and "turned away: 1. The signature is not the shop's." in text,
          "also in words", text)
    status, text = command("doctor", "--workspace", folder)
    check(status == 0 and '"Site": accepted: 4; stored: 2, repeated: 1, refused: 1; in the journal: 2, in the analytics engine: 2' in text,
          "the doctor finds that it adds up", text)
    check('"Shop": 1 requests were turned away in the last 24 hours. The signature' in text, "and tells what was turned away", text)
    status, text = command("doctor", "--workspace", folder, "--json")
    found = json.loads(text)
    check(found["sources"][0]["in_engine"] == 2 and found["sources"][0]["waiting"] == 0 and found["errors"] == kept["errors"],
          "the same as JSON", found["sources"])


def does_not_add_up(folder: str) -> None:
    for sql, words in (("UPDATE tally SET accepted = accepted + 1 WHERE source = 1", 'Of "Site" 5 messages were accepted, and 2 stored'),
                       ("UPDATE tally SET accepted = 3, stored = 1 WHERE source = 1", 'Of "Site" the journal should hold 1 messages and holds 2'),
                       ("UPDATE tally SET source = 77 WHERE source = 1", None)):
        with sqlite3.connect(f"{folder}/journal.db") as db:
            db.execute(sql)
        status, text = command("doctor", "--workspace", folder)
        check(status == 74 and (not words or words in text), "a message that is missing is found", text)


with tempfile.TemporaryDirectory() as folder:
    server = Server(folder)
    owner, anybody = Client(server).first_owner(), Client(server)
    knock(owner, anybody)
    money(owner)
    flood(owner, anybody, folder)
    before = told(owner)
    check(server.end() == 0, "the server ends")
    server = Server(folder)
    owner, anybody = Client(server), Client(server)
    owner.enter("owner@example.com")
    after = told(owner)
    check([errors(s) for s in after["sources"]] == [errors(s) for s in before["sources"]] and errors(after) == errors(before)
          and after["strangers"] == before["strangers"], "after a restart it is all still known", after["errors"])
    anybody.ask("POST", "/v1/track", EVENT, basic("ann@example.com"))
    kept = told(owner)
    check(errors(kept)["unknown_key"] == errors(after)["unknown_key"] + 1, "and is counted on")
    os.kill(server.process.pid, 9)
    server.process.wait()
    on_the_terminal(folder, kept)
    does_not_add_up(folder)
end()
