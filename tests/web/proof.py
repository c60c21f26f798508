#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A consent that comes live comes with its proof: proof.py TIDEMARK. Prints TAP.

Version of the text, page, program and address stand in the ledger at once, and again when the engine
or the ledger itself is made anew from the journal; a person's export has them, and an erasure leaves
no byte of them.
"""
import json
import os
import sqlite3
import tempfile
from pathlib import Path

from client import Client, Server, check, end
from hooks_sign import shopify, woo
from traces import hits, run

API = "/api/v1"
MAIL = "canary.ann@example.com"
AGENT = "Canary-Browser/7"
PAGE = "https://shop.example/canary-join"
CANARIES = [b"canary.ann", b"canary-browser", b"canary-join", b"canary-list"]
FACTS = ("SELECT when_us, channel, purpose, state, source, wording, complained, address, method, proof,"
         " page, ip, agent FROM entry ORDER BY address, channel, when_us, state, method")
PERSON = {"userId": "u1", "anonymousId": "dev-1"}


class Shop:
    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.server = Server(folder)
        self.owner = Client(self.server).first_owner()
        make = lambda **source: json.loads(self.owner.ask("POST", API + "/sources", source)[2])
        self.key = make(name="Site")["key"]
        self.hooks = {name: make(name=name, protocol=name, secret="hush")["path"]
                      for name in ("shopify", "woocommerce")}

    def send(self, *batch: dict, **common) -> None:
        batch = [{"messageId": f"{message.get('event', 'who')}-{i}-{len(batch)}", **message}
                 for i, message in enumerate(batch)]
        status = Client(self.server).ask("POST", "/v1/batch", {"writeKey": self.key, "batch": batch, **common})
        check(status[0] == 200, "messages are taken", status)

    def hook(self, name: str, topic: str, body: dict) -> None:
        raw = json.dumps(body).encode()
        sign = shopify if name == "shopify" else woo
        sent = sign(raw, topic=topic, delivery="d-" + name)
        check(Client(self.server).ask("POST", self.hooks[name], None, sent, raw=raw)[0] == 200,
              "a webhook is taken")

    def entries(self, who: str) -> list[dict]:
        return json.loads(self.owner.ask("POST", API + "/consent/find", {"who": who})[2]).get("entries", [])


def word(channel: str, **more) -> dict:
    return {"type": "track", "event": "Consent Given", **PERSON,
            "properties": {"purpose": "marketing", "channel": channel, "version": "2026-05"}, **more}


def come(s: Shop) -> None:
    page = {"page": {"url": PAGE + "?token=1"}, "userAgent": AGENT, "library": {"name": "tidemark.js"},
            "traits": {"email": MAIL, "phone": "+66812345678"}}
    s.send(word("email", context=page), word("sms", context=page),
           {"type": "track", "event": "Consent Given", **PERSON, "context": page,
            "properties": {"purpose": "analytics", "version": "2026-05"}},
           {"type": "identify", "userId": "u2", "context": {"ip": "203.0.113.77", "userAgent": "Server/1"},
            "traits": {"email": "ben@example.com", "email_opt_in": True, "consent_version": "v3"}},
           {"type": "track", "event": "Subscribed", "userId": "u3", "properties": {"list_name": "News"},
            "context": {"traits": {"email": "cee@example.com"}, "library": {"name": "analytics-ruby"}}})
    s.hook("shopify", "customers_marketing_consent/update", {
        "id": 7, "phone": "+66811111111", "sms_marketing_consent": {
            "state": "subscribed", "opt_in_level": "confirmed_opt_in",
            "consent_updated_at": "2026-10-01T00:00:00Z", "consent_collected_from": "OTHER"}})
    s.hook("woocommerce", "order.created", {
        "id": 9, "number": "9", "total": "5.00", "currency": "EUR", "customer_id": 3,
        "date_created_gmt": "2026-10-02T00:00:00", "billing": {"email": "dee@example.com"},
        "meta_data": [{"key": "mailchimp_woocommerce_is_subscribed", "value": "1"}]})


def told(s: Shop, who: str) -> dict:
    """The one entry that there is, as soon as it is noted."""
    for _ in range(200):
        found = s.entries(who)
        if found:
            break
    check(len(found) == 1, f"{who} has one entry", found)
    return found[0] if found else {}


def at_once(s: Shop) -> None:
    wanted = {"purpose": "marketing", "state": "granted", "wording": "2026-05", "page": PAGE,
              "ip": "127.0.0.0", "agent": AGENT, "method": "Consent Given"}
    for who, channel in ((MAIL, "email"), ("+66812345678", "sms")):
        entry = told(s, who)
        check(wanted | {"channel": channel} == {key: entry.get(key) for key in [*wanted, "channel"]},
              f"the proof of {channel} stands with it, and measuring is no marketing", entry)
    ben = told(s, "ben@example.com")
    check((ben.get("wording"), ben.get("ip"), ben.get("agent")) == ("v3", "203.0.113.0", "Server/1"),
          "so do those that a trait comes with", ben)
    cee = told(s, "cee@example.com")
    check((cee.get("proof"), cee.get("ip")) == ("News", ""), "a server's own address is none", cee)
    eve = told(s, "+66811111111")
    check((eve.get("method"), eve.get("proof"), eve.get("at")) ==
          ("confirmed_opt_in", "OTHER", "2026-10-01T00:00:00Z"), "those of a shop's system", eve)
    dee = told(s, "dee@example.com")
    check((dee.get("state"), dee.get("proof")) == ("granted", "mailchimp_woocommerce_is_subscribed"),
          "and of its plugin", dee)


def facts(folder: str) -> list:
    with sqlite3.connect(f"file:{folder}/consent.db?mode=ro", uri=True) as db:
        return db.execute(FACTS).fetchall()


def made_anew(s: Shop, away: str) -> None:
    noted = facts(s.folder)
    run("consent", "verify", "--workspace", s.folder)
    os.rename(s.folder + "/engine", away + "/engine")
    run("doctor", "--rebuild", "--workspace", s.folder)
    check(facts(s.folder) == noted and len(noted) == 6, "the engine made anew adds nothing",
          (noted, facts(s.folder)))
    for part in Path(s.folder).glob("consent.db*"):
        os.rename(part, f"{away}/{part.name}")
    os.rename(s.folder + "/engine", away + "/engine2")
    run("doctor", "--rebuild", "--workspace", s.folder)
    run("show", "revenue", "--workspace", s.folder)
    check(facts(s.folder) == noted, "and the ledger made anew with it is equal",
          [set(noted) - set(facts(s.folder)), set(facts(s.folder)) - set(noted)])


def erased(s: Shop, top: str) -> None:
    run("people", "export", MAIL, "--out", top + "/told", "--workspace", s.folder)
    ledger = json.loads(Path(top, "told/person.json").read_text(encoding="utf-8"))["consent_ledger"]
    check({(e["channel"], e["wording"], e["page"], e["ip"], e["agent"]) for e in ledger} ==
          {(channel, "2026-05", PAGE, "127.0.0.0", AGENT) for channel in ("email", "sms")},
          "a person's export has the proof", ledger)
    table = Path(top, "told/consent_ledger.csv").read_text(encoding="utf-8")
    check(all(text in table for text in (PAGE, AGENT, "2026-05")), "as a table, too", table)
    check(bool(hits(s.folder, CANARIES[1:3])), "the proof is there")
    run("people", "erase", MAIL, "--yes", "--workspace", s.folder)
    check(not hits(s.folder, CANARIES), "erased, no file has a byte of it", hits(s.folder, CANARIES))
    run("consent", "verify", "--workspace", s.folder)
    run("doctor", "--workspace", s.folder)


def main() -> None:
    with tempfile.TemporaryDirectory() as top:
        s = Shop(top + "/shop")
        come(s)
        at_once(s)
        check(s.server.end() == 0, "the server ends")
        run("show", "revenue", "--workspace", s.folder)
        made_anew(s, top)
        erased(s, top)
    end()


if __name__ == "__main__":
    main()
