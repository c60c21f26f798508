#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What stores and tools hold of people is odd here and there: some rows of an import cannot be a
reader, or has something in it that no message may carry. A campaign to all of them reaches each of the
others once, and of each odd one it is told what became of it.

    poison.py TIDEMARK

Long form (TIDEMARK_TEST_LONG): 100,000 people, one in a hundred of them odd.
"""
import collections
import csv
import email
import email.policy
import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mail"))
from client import Client, Server, check, end, tidemark
from shop import settings
from sink import Sink

API = "/api/v1"
LONG = bool(os.environ.get("TIDEMARK_TEST_LONG"))
N, EACH = (100000, 100) if LONG else (1000, 20)  # one in EACH is odd
TOO_MUCH, MOST = 10 << 20, (1 << 20) - 1  # bytes of one value: one that is refused, the largest that is not
MANY = 10 if LONG else 2  # people with a value of so many bytes
HELLO = """name: hello
subject: "To {{ person.first_name }}"
html: "{% render 'top' %}<p title=\\"{{ person.first_name }}\\">Hello {{ person.name }} of {{ person.city }}</p>{% render 'end' %}"
"""
CAMPAIGN = """name: Everybody
to: {include: {where: "email_subscription_status = 'SUBSCRIBED'"}}
sends:
  - {name: first, message: hello, channel: email, when: at once}
"""
COLUMNS = ["Email", "Klaviyo ID", "First Name", "Last Name", "City", "Email Marketing Consent",
           "Email Marketing Consent Timestamp", "Email Marketing Consent Method", "Favourite"]
# No reader: the row is refused with its line, or its address is one to which no mail can go.
NOBODY = ["p{}", "@p{}.example", "p{}@", "p{}@d", "a.p{0}@d.example,b.p{0}@d.example", "p{} @d.example",
          "p{}@d.example\r\nBcc: all@d.example", "x" * 330 + ".p{}@d.example",
          "x" * 65 + ".p{}@d.example", "p{}@" + "y" * 64 + ".example", "\u202ep{}@d.example",
          "\u00fcn\u00ef.p{}@d.example", "\"p{}\"@d.example", "p{}@[127.0.0.1]", "<p{}@d.example>",
          "p{}@d..example", "p{}@d.example>", "p{}@@d.example"]
# First names of readers: the message comes once, as one message to one reader, or not at all.
NAMES = ["Eve\r\nBcc: all@d.example\r\nX-Evil: 1", "Eve\n.\nMAIL FROM:<evil@d.example>", "\u202eevE \u2066ecilA",
         "{{ 7 | times: 7 }}{% for i in (1..1000000) %}x{% endfor %}", "<script>alert(1)</script>\" onclick=x",
         "x" * 100000, "=?UTF-8?B?RXZl?=", "Zoe\u0308 \U0001f469\u200d\U0001f469\u200d\U0001f466 \ufeff", "=1+1", "\ufffd\ufffd",
         "\u0007\u001b[31mEve", "'; DROP TABLE person; --"]


FAILED, SKIPPED = 4, 6  # states of the outbox


def kept(text: bytes) -> tuple[str, bytes]:
    """To whom it is, and the text of the odd ones."""
    to = re.search(rb"^To: .*?([^ <>]+@[^ <>\r\n]+)", text, re.M).group(1).decode()
    return to, text if to.endswith("@odd.example") else b""


def tell(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([tidemark, *words, "--lang", "en"], capture_output=True, encoding="utf-8",
                          errors="replace", timeout=3600)


def row(i: int, address: str, name: str, extra: str = "") -> list[str]:
    return [address, f"K{i:06}", name, "Lee", "Town", "SUBSCRIBED", "2026-01-05 10:00:00", "form", extra]


def write(path: pathlib.Path) -> tuple[set[str], dict[str, str], int]:
    """Addresses of the sound, names of the odd by address, and how many are nobody."""
    sound, odd, nobody, made = set(), {}, 0, 0
    with open(path, "w", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        for i in range(N):
            address, name, extra = f"ok.{i}@d{i % 50}.example", "Ann", ""
            if i % EACH == EACH // 2:
                which = i // EACH
                if which % 2:
                    address = NOBODY[which // 2 % len(NOBODY)].format(i)
                    nobody += 1
                else:
                    address, name = f"ok.{i}@odd.example", NAMES[which // 2 % len(NAMES)]
                    odd[address] = name
            else:
                sound.add(address)
                if i % EACH == 7 and made < MANY:
                    extra = "x" * MOST  # a sound reader with something huge beside
                    made += 1
            table.writerow(row(i, address, name, extra))
        for i in range(N, N + MANY):
            address = f"ok.{i}@odd.example"
            odd[address] = "x" * MOST
            table.writerow(row(i, address, odd[address]))
    return sound, odd, nobody


def table(path: pathlib.Path, *rows: list[str], more: bytes = b"") -> None:
    with open(path, "w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([COLUMNS, *rows])
    with open(path, "ab") as out:
        out.write(more)


def imports(folder: pathlib.Path) -> tuple[set[str], dict[str, str], int]:
    """As write(), but of those who are nobody the ones that were not refused."""
    some = [row(i, f"b{i}@d.example", "Zo\u00eb") for i in range(20)]
    bad = folder.parent / "bad.csv"
    for raw in (b"Zo\xeb", b"\xed\xa0\x80", b"\xc0\xaf", b"\xff", b"\0"):
        table(bad, *some, more=b"x@d.example,K1," + raw + b",Lee,Town,SUBSCRIBED,,,\r\n")
        done = tell("import", "--workspace", str(folder), str(bad))
        check(done.returncode != 0 and ("line 22: a NUL byte" if raw == b"\0" else
                                        "line 22: the text is UTF-8 before") in done.stdout,
              f"a file with {raw!r} in it is refused whole, by its line", done.stdout + done.stderr)
    table(bad, *some, row(20, "b20@d.example", "Ann", "x" * TOO_MUCH))
    done = tell("import", "--workspace", str(folder), str(bad))
    check(done.returncode != 0 and "line 22: a cell exceeds the limit" in done.stdout,
          "so is one with a value of 10 MB", done.stdout + done.stderr)
    orders = folder.parent / "orders.csv"
    orders.write_text("order_id,ordered_at,total,currency,email,status\n"
                      "1,2026-01-05 10:00:00,20.00,EUR,ok.0@d0.example,paid\n")
    sound, odd, nobody = write(folder.parent / "profiles.csv")
    began = time.monotonic()
    done = tell("import", "--workspace", str(folder), str(folder.parent / "profiles.csv"), str(orders))
    found = re.search(r"stored ([0-9,]+), merged 0, rejected ([0-9,]+)", done.stdout)
    stored, refused = (int(n.replace(",", "")) for n in found.groups()) if found else (0, 0)
    check(done.returncode == 0 and stored + refused == N + MANY and 0 < refused <= nobody,
          "of the rest each row is stored, or refused by its line", done.stdout + done.stderr)
    print(f"# {stored} of {stored + refused} rows stored in {time.monotonic() - began:.0f} s")
    return sound, odd, nobody - refused


def live(server: Server, key: str) -> None:
    """What a sender of live data could slip in is refused by its request, and no other is."""
    told = []
    for body in (b'{"writeKey": "%s", "userId": "u1", "traits": {"first_name": "Zo\xeb"}}',
                 b'{"writeKey": "%s", "userId": "u2", "traits": {"first_name": "\xed\xa0\x80"}}',
                 b'{"writeKey": "%s", "userId": "u3", "traits": {"first_name": "' + b"x" * TOO_MUCH + b'"}}'):
        told.append(Client(server).ask("POST", "/v1/identify", raw=body.replace(b"%s", key.encode()),
                                       headers={"Content-Type": "application/json"})[0])
    check(told[0] == told[1] == 400 and told[2] in (400, 413), "bad UTF-8 and 10 MB are refused where they come in", told)


def states(folder: pathlib.Path) -> dict[str, tuple[str, int]]:
    with sqlite3.connect(f"file:{folder}/outbox.db?mode=ro", uri=True, timeout=60) as db:
        return {row[0]: row[1:] for row in db.execute("SELECT address, state, reason FROM message")}


def is_plain(text: bytes, address: str) -> bool:
    m = email.message_from_bytes(text, policy=email.policy.default)
    html = m.get_body(("html",)).get_content()
    return ([a.addr_spec for a in m["To"].addresses] == [address] and text.isascii() and not m.defects and
            not any(m[name] for name in ("Bcc", "Cc", "X-Evil")) and "<script>alert" not in html and
            b"\0" not in text and b"\n" not in text.replace(b"\r\n", b"") and "\0" not in html)


def sends(owner: Client, folder: pathlib.Path, expected: int) -> None:
    """Everybody is planned, and what is planned is due at once."""
    def do(method: str, path: str, body: object = None) -> dict:
        status, _, text = owner.ask(method, API + path, body)
        return {"status": status, **(json.loads(text) if text else {})}
    done = owner.wait(do("POST", "/assessments", {})["job"])
    check(done["state"] == "done", "the figures are made", done)
    check(do("PUT", "/messages", {"text": HELLO})["status"] == 200, "a message is kept")
    number = do("POST", "/campaigns", {"text": CAMPAIGN})["id"]
    seen = do("POST", f"/campaigns/{number}/preview", {})
    check(do("POST", "/sending/arm", {})["status"] == 200, "sending is allowed")
    launched = do("POST", f"/campaigns/{number}/launch", {})
    check(launched.get("status") in ("scheduled", "sending", 200), "a campaign to everybody is launched", launched)
    deadline = time.monotonic() + (1800 if LONG else 90)
    while do("GET", f"/campaigns/{number}/numbers")["sends"][0]["stage"] != "done" and time.monotonic() < deadline:
        time.sleep(0.1)
    first = do("GET", f"/campaigns/{number}/numbers")["sends"][0]
    check(first["stage"] == "done" and first["planned"] == seen["people"] == expected, "everybody is planned", first)
    with sqlite3.connect(folder / "outbox.db", timeout=60) as db:  # the minute in which one may still stop it
        db.execute("UPDATE message SET next_us = planned_us WHERE state = 0")
    deadline = time.monotonic() + (3600 if LONG else 120)
    while time.monotonic() < deadline:
        left = sum(m["n"] for m in do("GET", "/sending")["messages"]
                   if m["state"] in ("planned", "claimed", "handed over"))
        if not left:
            break
        time.sleep(0.2)
    check(not left, "all are decided", do("GET", "/sending"))


with tempfile.TemporaryDirectory() as top:
    shop = pathlib.Path(top, "shop")
    mail = Sink(keep=kept)
    tell("init", str(shop), "--currency", "EUR", "--time-zone", "Europe/Berlin")
    (shop / "tidemark.yaml").write_text(settings(mail.port))
    sound, odd, unfit = imports(shop)
    server = Server(str(shop), options=("--public-url", "https://links.shop.example"))
    boss = Client(server).first_owner()
    key = json.loads(boss.ask("POST", API + "/sources", {"name": "Site"})[2])["key"]
    live(server, key)
    began = time.monotonic()
    sends(boss, shop, len(sound) + len(odd) + unfit)
    print(f"# made, planned and sent in {time.monotonic() - began:.0f} s")
    got: collections.Counter = collections.Counter()
    for found, (to, _) in mail.texts.items():
        got[to] += mail.taken[found]
    texts = dict(mail.texts.values())
    check(all(got[a] == 1 for a in sound), f"{len(sound)} sound ones get exactly one",
          [(a, got[a]) for a in sound if got[a] != 1][:5])
    check(set(got) <= sound | set(odd), "nobody gets one who is none of them", list(set(got) - sound - set(odd))[:5])
    check(all(n == 1 for n in got.values()) and all(is_plain(texts[a], a) for a in got if a in odd),
          "what comes to an odd one is one message to one reader",
          [texts[a][:800] for a in got if a in odd and not is_plain(texts[a], a)][:2])
    ended = states(shop)
    came = sum(a in got for a in odd)
    silent = [a for a in odd if a not in got and (a not in ended or ended[a][0] not in (FAILED, SKIPPED))]
    check(not silent, f"of {len(odd)} odd ones {came} got theirs, the others ended with a reason",
          [(a, odd[a][:40], ended.get(a)) for a in silent][:5])
    others = [state for a, state in ended.items() if a not in sound and a not in odd]
    check(len(others) == unfit and all(state[0] in (FAILED, SKIPPED) and (state[1] or state[0] == FAILED)
                                       for state in others),
          f"{unfit} addresses to which no mail can go ended with a reason", others[:5])
    check(server.end() == 0, "the server ends in order")
    mail.stop()
end()
