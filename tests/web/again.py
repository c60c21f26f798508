#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A copy from before an erasure is brought back: again.py TIDEMARK. Prints TAP.

People come in by files, webhooks and live events, one of them by live messages alone. The folder is
copied; they are erased in the original; what the original writes down of it names nobody and is
applied to the copy by a process that is killed in the middle. Then no file of the copy has a byte
of them, the other person's data and the sums are what they were, and what one of them brought after
the erasure is still there.
"""
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import time

from client import Client, Server, check, end, tidemark
from erase import CANARIES, MAIL, files, live, revenue
from traces import hits, killed_in_the_middle, run

ALONE = "lonely.canaryville@example.com"


def send_alone(server: Server, site: dict) -> None:
    events = [{"type": "identify", "userId": "login-canary-99", "traits": {"email": ALONE}},
              {"type": "group", "userId": "login-canary-99", "groupId": "g9"},
              {"type": "track", "event": "Hat Worn", "userId": "login-canary-99",
               "properties": {"note": "canarysson"}}]
    for i, event in enumerate(events):
        event |= {"messageId": f"alone{i}", "timestamp": "2026-11-03T10:00:00Z"}
    status = Client(server).ask("POST", "/v1/batch", {"writeKey": site["key"], "batch": events})[0]
    check(status == 200, "events of somebody else are taken", status)


def other(shop: str) -> str:
    """What is kept of the one who stays."""
    told = json.loads(run("people", "export", "else@example.com", "--out", "-",
                          "--workspace", shop))
    return json.dumps({k: v for k, v in told.items() if "at" not in k})


def apply(shop: str, path: str, *more: str) -> dict:
    return json.loads(run("people", "erasures", "--apply", path, "--json", *more,
                          "--workspace", shop))


def apply_killed(shop: str, path: str) -> None:
    check(killed_in_the_middle(shop, "people", "erasures", "--apply", path),
          "applying is killed in the middle")


def refused(path: str, why: str, shop: str) -> None:
    done = subprocess.run([tidemark, "people", "erasures", "--apply", path, "--workspace", shop],
                          capture_output=True, text=True, check=False)
    check(done.returncode == 65 and why in done.stderr, "refused: " + why,
          str(done.returncode) + done.stderr)


def stranger(folder: str, path: str) -> None:
    run("init", folder + "/stranger")
    refused(path, "another key", folder + "/stranger")


def brought_later(folder: str, shop: str, path: str) -> None:
    """What somebody erased brought afterwards is theirs."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    pathlib.Path(folder, "later.csv").write_text(
        f"order_id,ordered_at,total,currency,email,status\nB1,{stamp},7.00,EUR,{MAIL},paid\n")
    run("import", "--workspace", shop, folder + "/later.csv")
    apply(shop, path)
    run("people", "export", MAIL, "--out", folder + "/after", "--workspace", shop)
    orders = pathlib.Path(folder, "after/orders.csv").read_text()
    told = pathlib.Path(folder, "after/person.json").read_text().lower()
    check("B1" in orders and "A1" not in orders, "a later order stays", orders)
    check("canarysson" not in told and "device-canary" not in told, "nothing from before does", told)
    run("doctor", "--workspace", shop)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop, copy, second = folder + "/shop", folder + "/copy", folder + "/second"
        files(shop)
        server = Server(shop)
        owner = Client(server).first_owner()
        site = live(server, owner)[1]
        send_alone(server, site)
        check(server.end() == 0, "the server ends")
        run("import", "--workspace", shop, shop + "-in/events.csv", shop + "-in/orders.csv")
        before = revenue(shop)
        for to in (copy, second):
            shutil.copytree(shop, to, symlinks=True)
        check("copied" not in run("doctor", "--workspace", shop), "the original is at home")
        run("people", "erase", MAIL, "--yes", "--workspace", shop)
        run("people", "erase", ALONE, "--yes", "--workspace", shop)
        listed = folder + "/listed"
        run("people", "erasures", "--export", listed, "--workspace", shop)
        text = pathlib.Path(listed).read_text()
        lines = r"(tidemark-erasures 1|key \w{32}|written \d+|person \d+|sum \w{32}|" \
                r"\w+ \w{32} \w{16}( other)?)"
        check(all(re.fullmatch(lines, line) for line in text.splitlines()) and
              text.count("person ") == 2, "what is written down names nobody", text)
        check("copied" in run("doctor", "--workspace", copy), "the copy knows that it is one")
        counts = apply(copy, listed, "--dry-run")
        check((counts["erasures"], counts["present"], counts["known"]) == (2, 2, 0) and
              bool(hits(copy, CANARIES)), "who is there is told first, and nothing goes", counts)
        apply_killed(copy, listed)
        counts = apply(copy, listed)
        check(counts["known"] + counts["present"] == 2 and not counts["absent"],
              "another start goes on with it", counts)
        check(not hits(copy, CANARIES), "no file of the copy has a byte of them", hits(copy, CANARIES))
        check(revenue(copy) == before, "sums are what they were", revenue(copy))
        check(other(copy) == other(shop), "the other one's data, too", other(copy))
        told = json.loads(run("people", "erasures", "--json", "--workspace", copy))
        check([e["step"] for e in told] == ["done"] * 2 and told[0]["searched_files"] > 0,
              "each with its proof", told)
        check("copied" not in run("doctor", "--workspace", copy), "the copy is at home now")
        check(apply(copy, listed)["known"] == 2, "once more changes nothing")
        stranger(folder, listed)
        brought_later(folder, second, listed)
    end()


if __name__ == "__main__":
    main()
