#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""People of whom nothing was heard for long go, and nobody else: idle.py TIDEMARK. Prints TAP.

Some hundred people with random signs of them, each at a random day around the limit, and two a day
before and after it for each kind of sign; who is to go is worked out here a second time and stands
in their addresses. The command is killed in the middle; the server does the same by itself.
"""
import datetime
import json
import pathlib
import random
import re
import sqlite3
import subprocess
import tempfile
import time

from client import Server, check, end, tidemark
from traces import hits, killed_in_the_middle, run

DAYS, PEOPLE = 400, 120
NOW = datetime.datetime.now(datetime.timezone.utc)
SIGNS = ("order", "page_view", "message_opened", "message_clicked", "consent_granted", "sign_up")
NO_SIGNS = ("message_sent", "message_delivered")


def at(days: float) -> str:
    return (NOW - datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def people() -> list[list[tuple[str, float]]]:
    """The signs of each, and how many days ago they were; some only had messages sent to them."""
    rng = random.Random(7)
    each = [[(sign, DAYS + over)] for sign in SIGNS for over in (1, -1)]
    for _ in range(PEOPLE):
        signs = [(rng.choice(SIGNS), DAYS + rng.choice((-1, 1, 1)) * rng.uniform(0.5, 300))
                 for _ in range(rng.choice((1, 1, 2, 3)))]
        signs += [(rng.choice(NO_SIGNS), rng.uniform(1, 300)) for _ in range(rng.choice((0, 1)))]
        each.append(signs)
    return each


def write(folder: str, each: list[list[tuple[str, float]]]) -> tuple[int, int]:
    orders = ["order_id,ordered_at,total,currency,email,status"]
    events = ["event_id,event,occurred_at,email,anonymous_id,channel,campaign"]
    goes = 0
    for i, signs in enumerate(each):
        idle = all(days > DAYS for sign, days in signs if sign in SIGNS)
        goes += idle
        # Each ordered once, long ago, so that it can be asked who is there.
        who = f"somebody-{i:03}@{'goes' if idle else 'stays'}.example.com"
        orders.append(f"b{i},{at(DAYS + 500)},10.00,EUR,{who},paid")
        for k, (sign, days) in enumerate(signs):
            if sign == "order":
                orders.append(f"o{i}-{k},{at(days)},10.00,EUR,{who},paid")
            else:
                on = "email,Spring" if "message" in sign or "consent" in sign else ","
                events.append(f"e{i}-{k},{sign},{at(days)},{who},device-{i:05},{on}")
    pathlib.Path(folder, "orders.csv").write_text("\n".join(orders) + "\n")
    pathlib.Path(folder, "events.csv").write_text("\n".join(events) + "\n")
    return goes, len(each) - goes


def there(shop: str) -> tuple[int, int]:
    found = []
    for word in ("goes", "stays"):
        told = run("segment", "check", f"customer_email_domain = '{word}.example.com'",
                   "--workspace", shop)
        found.append(int(re.search(r"Draft: (\d+) of", told)[1]))
    return found[0], found[1]


def keep(shop: str, settings: str) -> None:
    with open(shop + "/tidemark.yaml", "a", encoding="utf-8") as f:
        f.write(settings)


def people_of(shop: str, *more: str) -> tuple[int, int]:
    told = json.loads(run("retain", "--json", "--workspace", shop, *more))
    return told["people"]["deleted"], told["people_left"]


def killed(shop: str) -> None:
    check(killed_in_the_middle(shop, "retain"), "it is killed in the middle")


def erasures(shop: str) -> list:
    with sqlite3.connect(f"file:{shop}/store.db?mode=ro", uri=True) as db:
        return db.execute("SELECT actor, step FROM erasure ORDER BY id").fetchall()


def by_the_server(folder: str, shop: str) -> None:
    """Two more, of whom one goes; nobody asks for it."""
    pathlib.Path(folder, "more.csv").write_text(
        "order_id,ordered_at,total,currency,email,status\n"
        f"m1,{at(DAYS + 2)},10.00,EUR,later@goes.example.com,paid\n"
        f"m2,{at(DAYS - 2)},10.00,EUR,later@stays.example.com,paid\n")
    run("import", "--workspace", shop, folder + "/more.csv")
    before = len(erasures(shop))
    server = Server(shop)
    until = time.monotonic() + 120
    while time.monotonic() < until and [e[1] for e in erasures(shop)][before:] != [6]:
        time.sleep(0.1)
    check(server.end() == 0, "the server ends")
    check(erasures(shop)[before:] == [("no activity", 6)], "the server does it by itself",
          erasures(shop))
    with sqlite3.connect(f"file:{shop}/store.db?mode=ro", uri=True) as db:
        noted = db.execute("SELECT object FROM audit WHERE action = 'retain'").fetchall()
    check(("people=1",) in noted, "and it is on record", noted)


def undated(folder: str, shop: str) -> None:
    """Of whom no time is known the import tells: those of an old one go, also when somebody else's
    newer one came since."""
    files = {"old": "forgotten@goes.example.com", "older": "known@stays.example.com",
             "new": "known@stays.example.com"}
    for name, mail in files.items():
        pathlib.Path(folder, name + ".csv").write_text(
            "First Name,Last Name,Email,Accepts Email Marketing\n"
            f"{name.title()},Somebody,{mail},no\n")
        run("import", "--workspace", shop, f"{folder}/{name}.csv")
    check(people_of(shop, "--dry-run") == (0, 0), "whom an import brought today stays")
    with sqlite3.connect(shop + "/store.db") as db:
        n = db.execute("UPDATE import_file SET started_us = started_us - ?1,"
                       " ended_us = ended_us - ?1 WHERE name IN ('old.csv', 'older.csv')",
                       [(DAYS + 1) * 86400 * 1000000]).rowcount
    check(n == 2, "two imports are long ago", n)
    check(people_of(shop) == (1, 0), "who has no time at all goes by the import")
    told = run("people", "export", "known@stays.example.com", "--out", "-", "--workspace", shop)
    check(not hits(shop, [b"forgotten@goes"]) and "Older" in told, "and nobody else", told[:300])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = folder + "/shop"
        run("init", shop, "--currency", "EUR", "--time-zone", "UTC")
        goes, stays = write(folder, people())
        check(goes > 40 and stays > 40, "there are enough of both", (goes, stays))
        run("import", "--workspace", shop, folder + "/orders.csv", folder + "/events.csv")
        check(people_of(shop) == (0, 0), "unless told nobody goes")
        before = run("show", "revenue", "--workspace", shop, "--csv").count("\n")
        keep(shop, f"keep_people: {DAYS}\n")
        check(people_of(shop, "--dry-run") == (goes, 0), "they are counted first")
        check(there(shop) == (goes, stays), "and are all there still",
              there(shop))
        killed(shop)
        check(people_of(shop)[1] == 0, "the next time goes on")
        check(there(shop) == (0, stays), "who is silent goes, nobody else", there(shop))
        check(not hits(shop, [b"@goes.example"]), "no file has a byte of their addresses",
              hits(shop, [b"@goes.example"]))
        check(run("show", "revenue", "--workspace", shop, "--csv").count("\n") == before,
              "orders stay for the books")
        check({e[1] for e in erasures(shop)} == {6} and len(erasures(shop)) > 1,
              "as erasures of many", erasures(shop))
        check(people_of(shop) == (0, 0), "once more nobody is left to go")
        by_the_server(folder, shop)
        check(there(shop) == (0, stays + 1), "nobody else went", there(shop))
        undated(folder, shop)
        keep(shop, "keep_events: 300\n")
        done = subprocess.run([tidemark, "retain", "--workspace", shop], capture_output=True,
                              text=True, check=False)
        check(done.returncode == 65 and "keep_people" in done.stderr,
              "what tells of activity must be kept as long", done.stderr)
    end()


if __name__ == "__main__":
    main()
