#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Consent that comes live, over each protocol: kept once, and no withdrawal is lifted but by a newer
subscription; over the API as well. consent.py TIDEMARK. Prints TAP."""
import json
import sqlite3
import subprocess
import tempfile

from client import Client, Server, check, end, tidemark, until
from hooks_sign import shopify, woo

API = "/api/v1"
WHO = {"ann@example.com": "email", "ben@example.com": "email", "+66812345678": "sms"}


def read(owner: Client, method: str, path: str, body: object = None) -> dict:
    status, _, told = owner.ask(method, API + path, body)
    return json.loads(told) if status < 300 else {"status": status}


def reasons(owner: Client) -> list:
    return [read(owner, "POST", "/suppression/check", {"who": who, "channel": channel}).get("reason")
            for who, channel in WHO.items()]


def entries(owner: Client, who: str) -> list[dict]:
    return read(owner, "POST", "/consent/find", {"who": who}).get("entries", [])


class Senders:
    def __init__(self, owner: Client) -> None:
        self.nobody, self.sent = Client(owner.server), 0
        make = lambda **source: read(owner, "POST", "/sources", source)
        self.key = make(protocol="segment", name="Site")["key"]
        self.hooks = {name: make(protocol=name, name=name, secret="hush")["path"]
                      for name in ("shopify", "woocommerce")}

    def segment(self, kind: str, body: dict, number: str = "") -> int:
        self.sent += 1
        body = {"writeKey": self.key, "messageId": number or f"m{self.sent}", **body}
        return self.nobody.ask("POST", f"/v1/{kind}", body)[0]

    def hook(self, name: str, topic: str, body: dict) -> int:
        self.sent += 1
        raw = json.dumps(body).encode()
        sign = shopify if name == "shopify" else woo
        return self.nobody.ask("POST", self.hooks[name], None,
                               sign(raw, delivery=f"d{self.sent}", topic=topic), raw=raw)[0]


def grants(s: Senders) -> list[tuple[str, int]]:
    """Every way in which a protocol says yes without its being a newer subscription."""
    person = {"id": 1, "email": "ann@example.com", "phone": "+66812345678",
              "updated_at": "2026-11-01T00:00:00Z"}
    said = []
    for who in ({"email": "ann@example.com"}, {"email": "ben@example.com"}, {"phone": "+66812345678"}):
        name = list(who.values())[0]
        said.append(("identify", s.segment("identify", {
            "userId": name, "traits": who | {"accepts_marketing": True, "email_opt_in": True,
                                             "sms_opt_in": True}})))
        said.append(("an older Subscribed", s.segment("track", {
            "userId": name, "event": "SMS Subscribed" if name[0] == "+" else "Subscribed",
            "timestamp": "2026-01-02T00:00:00Z",
            "context": {"traits": who}})))
    old = {"state": "subscribed", "opt_in_level": "single_opt_in",
           "consent_updated_at": "2026-01-02T00:00:00Z"}
    for topic in ("customers/create", "customers/update"):
        said.append((topic, s.hook("shopify", topic, person | {
            "email_marketing_consent": old, "sms_marketing_consent": old})))
        said.append((topic + " undated", s.hook("shopify", topic, person | {
            "accepts_marketing": True, "sms_marketing_consent": {"state": "subscribed"}})))
    said.append(("consent update", s.hook("shopify", "customers_email_marketing_consent/update", {
        "customer_id": 1, "email_address": "ann@example.com", "email_marketing_consent": old})))
    said.append(("woocommerce", s.hook("woocommerce", "customer.updated", {
        "id": 1, "email": "ann@example.com", "date_modified_gmt": "2026-11-01T00:00:00"})))
    return said


def again(owner: Client, folder: str) -> None:
    """What waits in the journal is brought in at once by a start."""
    check(owner.server.end() == 0, "the server ends")
    owner.server = Server(folder)


def live(owner: Client, folder: str) -> None:
    s = Senders(owner)
    track = lambda event, who, at, number="": s.segment("track", {
        "userId": who, "event": event, "timestamp": at,
        "context": {"traits": {"phone" if who[0] == "+" else "email": who}}}, number)

    track("Unsubscribed", "ann@example.com", "2026-02-01T00:00:00Z", "u1")
    track("Email Marked as Spam", "ben@example.com", "2026-02-01T00:00:00Z")
    track("SMS Unsubscribed", "+66812345678", "2026-02-01T00:00:00Z")
    wanted = ["unsubscribed", "complaint", "unsubscribed"]
    check(until(lambda: reasons(owner) == wanted), "what comes live is suppressed",
          reasons(owner))
    check([e["state"] for e in entries(owner, "ann@example.com")] == ["withdrawn"],
          "a word that is told as message and as consent is one entry", entries(owner, "ann@example.com"))
    track("Unsubscribed", "ann@example.com", "2026-02-01T00:00:00Z", "u1")
    said = grants(s)
    check(all(status == 200 for _, status in said), "protocols say yes in every way", said)
    track("Subscribed", "mark@example.com", "2026-11-01T00:00:00Z")
    again(owner, folder)
    s.nobody.server = owner.server
    check(until(lambda: entries(owner, "mark@example.com") != []), "it all is taken in")
    check(reasons(owner) == wanted, "nothing of it lifts a withdrawal", reasons(owner))
    before = len(entries(owner, "ann@example.com"))
    check(until(lambda: read(owner, "GET", "/consent/health").get("sound")),
          "the ledger is sound", read(owner, "GET", "/consent/health"))
    for _ in range(2):
        s.segment("identify", {"userId": "ann@example.com", "traits": {
            "email": "ann@example.com", "accepts_marketing": True, "email_opt_in": True}})
    track("Subscribed", "ann@example.com", "2026-03-01T00:00:00Z")
    again(owner, folder)
    check(until(lambda: reasons(owner) == [None, *wanted[1:]]),
          "a newer subscription does, for who subscribed", reasons(owner))
    check(len(entries(owner, "ann@example.com")) == before + 1, "log-ins add nothing",
          entries(owner, "ann@example.com"))


def by_hand(owner: Client) -> None:
    cee = {"who": "cee@example.com", "channel": "email"}
    count = lambda: sum(c["addresses"] for c in read(owner, "GET", "/suppression")["suppressed"])
    before = count()
    check(owner.ask("POST", API + "/suppression", cee)[0] == 201, "an address is suppressed by hand")
    check(count() == before + 1, "it is counted")
    check(read(owner, "POST", "/suppression/check", cee)["reason"] == "by hand", "and stands")
    word = cee | {"state": "granted"}
    check(owner.ask("POST", API + "/consent", word)[0] == 400, "a grant needs its proof")
    status, _, body = owner.ask("POST", API + "/consent", word | {"proof": "Letter", "wording": "v1"})
    check(status == 201 and json.loads(body)["entries"][0]["wording"] == "v1", "with it it is kept", body)
    check(read(owner, "POST", "/suppression/check", cee)["suppressed"] is False, "and lifts it")
    for path, wrong in (("/suppression", {"who": "nobody"}), ("/suppression", {}),
                        ("/suppression", {"who": "a@example.com", "channel": "pigeon"}),
                        ("/suppression/check", {"who": "a@example.com"}),
                        ("/consent/find", {"who": "nobody"}),
                        ("/consent", word | {"state": "maybe", "proof": "x"})):
        status, _, body = owner.ask("POST", API + path, wrong)
        check(status == 400, f"{path} {wrong} is told", (status, body))
    told = owner.ask("GET", API + "/audit")[2]
    check(b"suppression" in told and b"cee@example.com" not in told,
          "what was done is on record, without the address")


def retained(folder: str) -> None:
    """Live messages that are older than the settings keep go from the journal, and nothing with them."""
    run = lambda *words: json.loads(subprocess.run(
        [tidemark, *words, "--workspace", folder, "--json"], capture_output=True, text=True).stdout)
    with open(folder + "/tidemark.yaml", "a") as f:
        f.write("keep_live: 31\n")
    check(run("retain")["live"]["deleted"] == 0, "what is new stays in the journal")
    kept = run("consent", "verify")["entries"]
    with sqlite3.connect(folder + "/journal.db") as journal:
        journal.execute("UPDATE record SET received_us = received_us - 40 * 86400000000 WHERE seq <= 5")
    check(run("retain", "--dry-run")["live"]["deleted"] == 5, "what is old would go")
    check(run("retain")["live"]["deleted"] == 5, "and goes")
    told = run("doctor")
    check(told["sound"] and any("the journal holds" in f["text"].lower() for f in told["findings"]),
          "the doctor tells that the journal has fewer", told)
    check(run("consent", "verify")["entries"] == kept, "the ledger has what it had")


def main() -> None:
    with tempfile.TemporaryDirectory() as top:
        folder = top + "/shop"
        server = Server(folder)
        owner = Client(server).first_owner()
        live(owner, folder)
        by_hand(owner)
        kept = reasons(owner), read(owner, "GET", "/suppression")
        again(owner, folder)
        check((reasons(owner), read(owner, "GET", "/suppression")) == kept, "all of it is kept")
        check(owner.server.end() == 0, "and it ends")
        retained(folder)


main()
end()
