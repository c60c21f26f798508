#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Figures and the records they are made from: never stale without saying so, asked once for all who
ask, and what was done outlives a restart. fresh.py TIDEMARK. Prints TAP."""
import json
import pathlib
import re
import subprocess
import tempfile
import threading
import time

from client import PASSWORD, Client, Server, check, end, tidemark

LIMIT_MAX = 5000  # rows of an answer
TOTAL = "/api/v1/views/revenue?by=total&from=1990-01-01&to=2100-01-01"


def total(client: Client) -> tuple[bool, int]:
    """Whether it is fresh, and how many orders there are."""
    status, _, body = client.ask("GET", TOTAL)
    told = json.loads(body)
    if status == 503:
        return False, -1
    return told["fresh"], told["rows"][0]["orders"] if told["rows"] else 0


def until_fresh(client: Client) -> list[tuple[bool, int]]:
    """All that was told up to the first fresh answer."""
    seen = []
    for _ in range(400):
        seen.append(total(client))
        if seen[-1][0]:
            break
        time.sleep(0.02)
    return seen


def send(client: Client, path: pathlib.Path) -> dict:
    """Imports a file; the job when it has ended."""
    body = client.ask("POST", f"/api/v1/imports?name={path.name}", raw=path.read_bytes())[2]
    return client.wait(json.loads(body)["job"])


def halves(orders: pathlib.Path) -> list[pathlib.Path]:
    """The file's orders in two files."""
    lines = orders.read_text(encoding="utf-8").splitlines(keepends=True)
    names = sorted({line.split(",")[0] for line in lines[1:]})
    first = set(names[: len(names) // 2])
    made = []
    for i in (0, 1):
        made.append(orders.with_name(f"orders_{i}.csv"))
        made[i].write_text(lines[0] + "".join(
            line for line in lines[1:] if (line.split(",")[0] in first) == (i == 0)), encoding="utf-8")
    return made


def changes(owner: Client, files: list[pathlib.Path]) -> None:
    done = send(owner, files[0])
    check(done["state"] == "done", "half of the orders are in", done)
    seen = until_fresh(owner)
    first = seen[-1][1]
    check(seen[-1][0] and first > 50, "and are told as soon as they are joined", seen[-3:])
    check(send(owner, files[1])["state"] == "done", "the other half is in")
    check(not total(owner)[0], "from then on the old figures say that they are old")
    seen = until_fresh(owner)
    both = seen[-1][1]
    check(seen[-1][0] and both > first, "until the new ones are there", seen[-3:])
    check({s for s in seen[:-1]} <= {(False, first)}, "and nothing in between is ever told", set(seen))
    listed = json.loads(owner.ask("GET", "/api/v1/imports")[2])["imports"]
    job = json.loads(owner.ask("DELETE", f"/api/v1/imports/{listed[0]['id']}")[2])["job"]
    check(owner.wait(job)["state"] == "done" and not total(owner)[0], "taken out again, it is old again")
    seen = until_fresh(owner)
    check(seen[-1] == (True, first) and {s for s in seen[:-1]} <= {(False, both)},
          "and then as before", set(seen))


def assess(owner: Client, orders: int) -> None:
    """Judging makes the tables anew: who reads meanwhile gets whole answers."""
    job = json.loads(owner.ask("POST", "/api/v1/assessments", {})[2])["job"]
    seen, n = set(), 0
    while json.loads(owner.ask("GET", f"/api/v1/jobs/{job}")[2])["state"] in ("waiting", "running"):
        n += 1
        path = f"{TOTAL}&limit={n % LIMIT_MAX + 1}"  # each another question
        told = json.loads(owner.ask("GET", path)[2])
        seen.add((told.get("fresh"), told["rows"][0]["orders"] if told.get("rows") else -1))
    check(seen == {(True, orders)} or n == 0,
          f"while the shop is assessed every answer is whole ({n} asked)", seen)


def settings(owner: Client) -> None:
    owner.ask("PUT", "/api/v1/settings", {"time_zone": "Asia/Bangkok"})
    check(not total(owner)[0], "another time zone makes them old")
    check(until_fresh(owner)[-1][0], "and they are made anew by it")


def kept(owner: Client, viewer: Client) -> None:
    path = "/api/v1/views/revenue?by=week"
    _, headers, body = owner.ask("GET", path)
    etag = headers.get("etag", "")
    check(etag and headers["cache-control"] == "private, no-cache", "an answer has its mark", headers)
    status, _, again = owner.ask("GET", path, headers={"If-None-Match": etag})
    check(status == 304 and again == b"", "who has it already is told so")
    check(owner.ask("GET", path + "&limit=3", headers={"If-None-Match": etag})[0] == 200,
          "another question has another answer")
    status, headers, _ = owner.ask("GET", "/api/v1/views/customers")
    check("etag" not in headers and headers["cache-control"] == "no-store",
          "what names people is kept by no browser", headers)
    idle(owner)
    before = made(owner)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(
        viewer.ask("GET", "/api/v1/views/touch?from=2020-01-02")[2])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(len(set(answers)) == 1 and b'"fresh": true' in answers[0] and made(owner) - before == 1,
          "twenty who ask the same at once are one question", (made(owner), before))


def idle(client: Client) -> None:
    """Waits until nothing is being done, such as making pages ready."""
    for job in json.loads(client.ask("GET", "/api/v1/jobs")[2])["jobs"]:
        client.wait(job["id"])


def made(client: Client) -> int:
    text = client.ask("GET", "/metrics")[2].decode()
    return int(text.split('tidemark_views_total{kept="no"} ')[1].split()[0])


def restart(owner: Client, folder: str, orders: pathlib.Path) -> Server:
    jobs = json.loads(owner.ask("GET", "/api/v1/jobs?limit=200")[2])
    check({"import", "undo", "resolve", "assess"} <= {j["kind"] for j in jobs["jobs"]} and
          jobs["next_cursor"] is None, "all that was done is listed", jobs)
    got, cursor = [], ""
    while len(got) < 500:
        page = json.loads(owner.ask("GET", f"/api/v1/jobs?limit=3{cursor}")[2])
        got += page["jobs"]
        if not page["next_cursor"]:
            break
        cursor = "&cursor=" + page["next_cursor"]
    check([j["id"] for j in got] == [j["id"] for j in jobs["jobs"]], "page by page, too")
    owner.ask("POST", "/api/v1/assessments", {})
    lost = json.loads(owner.ask("POST", f"/api/v1/imports?name={orders.name}",
                                raw=orders.read_bytes())[2])["job"]
    owner.server.process.kill()
    owner.server.process.communicate()
    owner.server = Server(folder + "/shop")
    after = json.loads(owner.ask("GET", "/api/v1/jobs?limit=200")[2])["jobs"]
    check([j["id"] for j in after if j["id"] in {j["id"] for j in jobs["jobs"]}] ==
          [j["id"] for j in jobs["jobs"]], "a server that was killed forgot nothing")
    ended = {j["id"]: j for j in after}
    check(ended[lost]["state"] == "interrupted" and ended[lost]["problem"]["hint"] and
          ended[lost]["object"] == orders.name, "what was under way is called interrupted, with what to do",
          ended.get(lost))
    done = next(j["id"] for j in jobs["jobs"] if j["kind"] == "import")
    told = json.loads(owner.ask("GET", f"/api/v1/jobs/{done}")[2])
    check(json.loads(told["report"])[0]["outcome"] == "stored", "an import's report is still there", told)
    events = owner.ask("GET", f"/api/v1/jobs/{done}/events")[2]
    check(b"event: end" in events, "and its events end at once", events)
    check(until_fresh(owner)[-1][0], "and figures are told")
    return owner.server


def told_at_once(owner: Client, folder: str) -> Server:
    """A start tells what was made before, as old, also where the new cannot be made: here the rates
    that it needs are not there."""
    settings_file = pathlib.Path(folder, "shop", "tidemark.yaml")
    before, orders = settings_file.read_text(encoding="utf-8"), total(owner)[1]
    owner.server.end()
    after = re.sub("(?m)^(currency|rates):.*\n", "", before) + "\ncurrency: GBP\nrates: nowhere.csv\n"
    settings_file.write_text(after, encoding="utf-8")
    owner.server = Server(folder + "/shop")
    first = total(owner)
    check(orders > 50 and first == (False, orders),
          "the first answer after a start is what was made before, said to be old", (first, orders))
    owner.server.end()
    settings_file.write_text(before, encoding="utf-8")
    owner.server = Server(folder + "/shop")
    check(total(owner) == (True, orders), "and fresh where nothing has changed", orders)
    return owner.server


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo = pathlib.Path(folder, "demo")
        subprocess.run([tidemark, "simulate", "--stage", "2", "--orders", "400", str(demo)],
                       check=True, capture_output=True)
        files = halves(next(p for p in demo.rglob("*.csv") if p.name.startswith("orders")))
        server = Server(folder + "/shop")
        owner = Client(server)
        wish = {"token": server.setup_token(), "email": "owner@example.com", "password": PASSWORD}
        owner.csrf = json.loads(owner.ask("POST", "/api/v1/setup", wish)[2])["csrf"]
        owner.ask("POST", "/api/v1/users", {"email": "viewer@example.com", "password": PASSWORD,
                                            "role": "viewer"})
        viewer = Client(server)
        viewer.enter("viewer@example.com")
        check(until_fresh(owner)[-1] == (True, 0), "an empty shop has no orders, and says so freshly")
        owner.ask("PUT", "/api/v1/settings", {"currency": "EUR"})
        changes(owner, files)
        assess(owner, total(owner)[1])
        settings(owner)
        kept(owner, viewer)
        restart(owner, folder, files[1])
        server = told_at_once(owner, folder)
        for listed in json.loads(owner.ask("GET", "/api/v1/imports")[2])["imports"]:
            owner.wait(json.loads(owner.ask("DELETE", f"/api/v1/imports/{listed['id']}")[2])["job"])
        check(until_fresh(owner)[-1] == (True, 0), "when all is taken out nothing is left")
        check(server.end() == 0, "the server ends")


main()
end()
