#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The List-Unsubscribe link of each message, as it came at a mail server, withdraws its own reader
and nobody else (RFC 8058; never_19). one_click.py TIDEMARK SENDING_TOOL. Prints TAP.

Nearly every link is posted, by one of several clients that keep their connections. Before, its reader must
not be suppressed; after, he must be: so a link that is another's is seen whichever of the two is
posted first. At the end the suppressed are exactly those whose links were posted.

Long form (TIDEMARK_TEST_LONG): 100,000 messages.
"""
import collections
import http.client
import json
import os
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mail"))
from client import Client, Server, check, end
from shop import settings
from sink import Sink

tool = os.path.abspath(sys.argv[2])
BASE = "https://links.shop.example"
LONG = bool(os.environ.get("TIDEMARK_TEST_LONG"))
N = 100000 if LONG else 600
CLIENTS = 8
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
random.seed(int(os.environ.get("TIDEMARK_TEST_SEED", "5")))


def head(text: bytes) -> tuple[str, str, str]:
    """To whom a message is, its link, and what the link takes."""
    lines = text.split(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    to = re.search(rb"^To: .*?([^ <>]+@[^ <>\r\n]+)", lines, re.M)
    link = re.search(rb"^List-Unsubscribe: <([^>]+)>\r?$", lines, re.M)
    post = re.search(rb"^List-Unsubscribe-Post: (.*?)\r?$", lines, re.M)
    return tuple(found.group(1).decode() if found else "" for found in (to, link, post))


def plan(folder: str, addresses: list[str]) -> None:
    rows = []
    for i, address in enumerate(addresses):
        order = {"number": str(i), "url": "https://shop.example/o/%d" % i}
        rows.append(f"{address}\t{1 + i % 3}\tm\t" + json.dumps({"message": "thanks-1", "order": order}))
    subprocess.run([tool, "plan", folder], input="\n".join(rows) + "\n", text=True, check=True)


def sent(folder: str, server: Server, boss: Client, mail: Sink, n: int) -> dict[str, str]:
    """The path of each recipient's link, once all messages have come."""
    deadline = time.monotonic() + (7200 if LONG else 240)
    while len(mail.texts) < n and time.monotonic() < deadline and server.process.poll() is None:
        time.sleep(0.1)
    found = list(mail.texts.values())
    check(len(found) == n and max(mail.taken.values()) == 1, f"{n} messages come, each once",
          (len(found), boss.ask("GET", "/api/v1/sending")[2][:300]))
    check(all(post == ONE_CLICK for _, _, post in found), "each can be left with one click")
    path = {to: link.removeprefix(BASE) for to, link, _ in found}
    check(len(set(path.values())) == len(path) == n, "each has a link of its own",
          (len(path), len(set(path.values()))))
    return path


class Books:
    """What the ledger's file says, read beside the server."""

    def __init__(self, folder: str, who: dict[str, bytes]) -> None:
        self.db = sqlite3.connect(f"file:{folder}/consent.db?mode=ro", uri=True, timeout=60)
        self.who = who

    def is_out(self, address: str) -> bool:
        return bool(self.db.execute(
            "SELECT 1 FROM suppression WHERE who = ? AND since_us >= resubscribed_us",
            (self.who[address],)).fetchone())

    def suppressed(self) -> dict[bytes, tuple]:
        return {row[0]: row[1:] for row in self.db.execute(
            "SELECT who, channel, reason FROM suppression WHERE since_us >= resubscribed_us")}


def post_all(port: int, folder: str, who: dict[str, bytes], path: dict[str, str],
             chosen: list[str]) -> dict[str, list[str]]:
    """Addresses by what went wrong with them."""
    wrong = collections.defaultdict(list)

    def client(addresses: list[str]) -> None:
        books = Books(folder, who)
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        for address in addresses:
            if books.is_out(address):
                wrong["was out before its own link was posted"].append(address)
            link.request("POST", path[address], ONE_CLICK, FORM)
            answer = link.getresponse()
            answer.read()
            if answer.status != 200:
                wrong[f"answered {answer.status}"].append(address)
            if not books.is_out(address):
                wrong["is not out after it"].append(address)
        link.close()

    def whole(addresses: list[str]) -> None:
        try:
            client(addresses)
        except (OSError, http.client.HTTPException, sqlite3.Error) as problem:
            wrong[repr(problem)].append(addresses[0])
    threads = [threading.Thread(target=whole, args=(chosen[i::CLIENTS],)) for i in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


def left(folder: str, server: Server, boss: Client, path: dict[str, str]) -> None:
    rows = [line.split("\t") for line in subprocess.run(
        [tool, "each", folder], capture_output=True, text=True, check=True).stdout.splitlines()]
    who = {row[2]: bytes.fromhex(row[3]) for row in rows}
    check(set(who) == set(path) and len(set(who.values())) == len(path), "each has a pseudonym")
    order = sorted(path)
    random.shuffle(order)
    chosen, stay = order[len(order) // 20:], order[:len(order) // 20]
    began = time.monotonic()
    wrong = post_all(server.port, folder, who, path, chosen)
    took = time.monotonic() - began
    check(not wrong, f"{len(chosen)} links are posted, each withdraws its own reader",
          {what: (len(found), found[:3]) for what, found in wrong.items()})
    print(f"# {len(chosen)} posted in {took:.0f} s by {CLIENTS} clients, {len(chosen) / took:.0f} a second")
    got = Books(folder, who).suppressed()
    kinds = collections.Counter(got.values())
    check(set(got) == {who[a] for a in chosen} and len(kinds) == 1 and
          next(iter(kinds))[0] == "email", f"exactly they are out, by e-mail alone; {len(stay)} stay", kinds)
    db = sqlite3.connect(f"file:{folder}/consent.db?mode=ro", uri=True, timeout=60)
    entries = db.execute("SELECT address, channel, purpose FROM entry WHERE source = 'unsubscribe'").fetchall()
    check(len(entries) == len(chosen) and {e[0] for e in entries} == set(chosen) and
          {e[1:] for e in entries} == {("email", "marketing")},
          "the ledger has each once, for the purpose of the message", (len(entries), entries[:2]))
    boss.enter("owner@example.com")  # the long form outlives a session
    told = {a: json.loads(boss.ask("POST", "/api/v1/suppression/check",
                                   {"who": a, "channel": "email"})[2])["reason"]
            for a in chosen[:50] + stay[:50]}
    check(all((told[a] == "unsubscribed") == (a in set(chosen[:50])) for a in told),
          "the server says the same of a hundred of them", told)
    not_in_time(folder, server, who, path, stay[0])


def not_in_time(folder: str, server: Server, who: dict[str, bytes], path: dict[str, str], address: str) -> None:
    """A ledger that another holds for longer than one waits: the click is not lost unheard."""
    def post() -> tuple[int, str | None, bytes]:
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        link.request("POST", path[address], ONE_CLICK, FORM)
        answer = link.getresponse()
        body = answer.read()
        link.close()
        return answer.status, answer.getheader("Retry-After"), body
    books = Books(folder, who)
    db = sqlite3.connect(f"{folder}/consent.db", isolation_level=None, timeout=60)
    db.execute("BEGIN IMMEDIATE")
    status, again, body = post()
    db.execute("ROLLBACK")
    check(status == 503 and again and b"Nothing was changed" in body and not books.is_out(address),
          "who cannot be written down is told to come again", (status, again, body[:300]))
    check(post()[0] == 200 and books.is_out(address), "and is out by the same link")


with tempfile.TemporaryDirectory() as top:
    folder = str(pathlib.Path(top, "shop"))
    os.mkdir(folder)
    mail = Sink(keep=head)
    pathlib.Path(folder, "tidemark.yaml").write_text(settings(mail.port))
    plan(folder, [f"ok.{i}@d{i % 50}.example" for i in range(N)])
    began = time.monotonic()
    server = Server(folder, options=("--public-url", BASE))
    boss = Client(server).first_owner()
    links = sent(folder, server, boss, mail, N)
    print(f"# {N} sent in {time.monotonic() - began:.0f} s")
    left(folder, server, boss, links)
    check(server.end() == 0, "the server ends in order")
    mail.stop()
end()
