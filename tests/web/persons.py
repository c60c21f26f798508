#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One person's export and erasure while the server runs: persons.py TIDEMARK. Prints TAP.

Somebody who came by files, live events and webhooks is told wholly and erased, while others go on
sending. Then no file has a byte of the person, no answer of the API names the person, and everybody
else is as before; also when the server is killed in the midst of it.
"""
import fcntl
import io
import json
import pathlib
import signal
import sqlite3
import stat
import subprocess
import tempfile
import threading
import time
import zipfile

from client import PASSWORD, Client, Server, check, end, tidemark
from erase import CANARIES, LOGIN, MAIL, files, live
from traces import hits

OTHERS = (b"else@example.com", b"5512345678902", b"otherville", b"device-other")
PATHS = ("/views/search?q=canary", "/views/search?q=cleo", "/views/people?limit=200", "/jobs",
         "/people/suggestions", "/people/erasures", "/audit", "/imports", "/sources")


def read(client: Client, path: str) -> dict:
    return json.loads(client.ask("GET", "/api/v1" + path)[2])


def work(client: Client, path: str, **wish) -> dict:
    """A job to its end, with its report."""
    status, _, body = client.ask("POST", "/api/v1/people/" + path, wish)
    if status != 202:
        return {"state": f"refused with {status}", "report": {}, "body": body}
    end_of = client.wait(json.loads(body)["job"])
    return end_of | {"report": json.loads(end_of.get("report") or "{}")}


def settle(owner: Client) -> None:
    """All that has come by now is in the figures, and nothing runs."""
    done = work(owner, "erase", who="else@example.com", dry_run=True)
    check(done["state"] == "done", "the figures are made", done)
    for _ in range(300):
        jobs = read(owner, "/jobs")["jobs"]
        waits = [j for j in jobs if j["state"] == "running" or
                 (j["state"] == "waiting" and j["kind"] != "resolve")]
        if not waits and owner.ask("GET", "/api/v1/views/customers")[0] == 200:
            return
        time.sleep(0.1)
    check(False, "the figures can be seen", read(owner, "/jobs")["jobs"][:4])


def bring(owner: Client, shop: str) -> None:
    files(shop)
    for name in ("events.csv", "orders.csv"):
        raw = pathlib.Path(shop + "-in", name).read_bytes()
        status, _, body = owner.ask("POST", f"/api/v1/imports?name={name}", None,
                                    {"Content-Type": "application/octet-stream"}, raw=raw)
        check(status == 202 and owner.wait(json.loads(body)["job"])["state"] == "done",
              f"{name} is imported")


def team(server: Server, owner: Client) -> dict:
    clients = {}
    for role in ("viewer", "analyst", "marketer"):
        owner.ask("POST", "/api/v1/users",
                  {"email": f"{role}@example.com", "password": PASSWORD, "role": role})
        clients[role] = Client(server)
        clients[role].enter(f"{role}@example.com")
    return clients


def rights(clients: dict) -> None:
    for role, client in clients.items():
        got = client.ask("POST", "/api/v1/people/erase", {"who": MAIL, "confirm": "erase"})[0]
        told = client.ask("POST", "/api/v1/people/export", {"who": "nobody@example.org"})[0]
        check((got, told) == (403, 202 if role == "marketer" else 403), f"what a {role} may",
              (got, told))


def export(owner: Client, shop: str) -> int:
    done = work(owner, "export", who=LOGIN)
    check(done["state"] == "done" and done["report"]["records"] > 3, "an export is made", done)
    status, got, body = owner.ask("GET", f"/api/v1/people/exports/{done['id']}")
    check((status, got["content-type"], got["cache-control"], got["content-disposition"]) ==
          (200, "application/zip", "no-store", f'attachment; filename="person-{done["id"]}.zip"'),
          "and fetched as a file", (status, got))
    check(len(body) == done["report"]["bytes"] == int(got["content-length"]), "of the length told")
    packed = zipfile.ZipFile(io.BytesIO(body))
    told = b"".join(packed.read(name) for name in packed.namelist()).lower()
    missing = [word for word in CANARIES if word not in told and b"%2e" not in word]
    check("person.json" in packed.namelist() and "orders.csv" in packed.namelist() and not missing,
          "it has everything of the person", (packed.namelist(), missing))
    check(not [word for word in OTHERS if word in told], "and nothing of others")
    modes = [stat.S_IMODE(p.stat().st_mode) for p in pathlib.Path(shop, "exports").rglob("*")]
    check(set(modes) == {0o600}, "nobody else of the machine may read it", modes)
    check(owner.ask("GET", "/api/v1/people/exports/999999")[0] == 404, "there is no other one")
    second = work(owner, "export", who=LOGIN)["id"]
    answers = [owner.ask(way, f"/api/v1/people/exports/{second}")[0] for way in ("DELETE", "GET")]
    check(answers == [204, 404], "one may be taken away", answers)
    return done["id"]


class Traffic:
    """Others come and go meanwhile; one of them is called by what `person` says."""

    def __init__(self, server: Server, key: str, person: dict) -> None:
        self.client, self.key, self.person = Client(server), key, person
        self.sent, self.refused, self.stop = 0, 0, False
        self.thread = threading.Thread(target=self.go, daemon=True)
        self.thread.start()

    def go(self) -> None:
        while not self.stop:
            event = {"type": "page", "messageId": f"t{id(self)}-{self.sent}", "name": "x",
                     **self.person}
            status = self.client.ask("POST", "/v1/batch",
                                     {"writeKey": self.key, "batch": [event]})[0]
            self.sent += 1
            self.refused += status != 200
            time.sleep(0.05)

    def end(self) -> None:
        self.stop = True
        self.thread.join()


def feed(owner: Client) -> bytes:
    return owner.ask("GET", "/api/v1/live/events?people=1&seconds=1")[2].lower()


def named(owner: Client, more: tuple = ()) -> list:
    """Answers that name the person."""
    found = []
    for path in PATHS + more:
        body = owner.ask("GET", "/api/v1" + path)[2].lower()
        found += [(path, word) for word in CANARIES + [b"cleo"] if word in body and
                  b"canary_name_of_a_view" not in body]
    for job in read(owner, "/jobs")["jobs"]:
        body = owner.ask("GET", f"/api/v1/jobs/{job['id']}")[2].lower()
        found += [("job", word) for word in CANARIES if word in body]
    for one in read(owner, "/imports")["imports"]:
        body = owner.ask("GET", f"/api/v1/imports/{one['id']}")[2].lower()
        found += [("import", word) for word in CANARIES if word in body]
    watched = feed(owner)
    return found + [("feed", word) for word in CANARIES if word in watched]


def revenue(owner: Client) -> list:
    settle(owner)
    return [(r["key"], r["revenue"], r["orders"]) for r in read(owner, "/views/revenue")["rows"]]


def person_of(owner: Client, q: str) -> str:
    return next(iter(r["person"] for r in read(owner, f"/views/search?q={q}")["rows"]), "")


def erase(server: Server, owner: Client, shop: str, key: str, kept: int) -> None:
    before, person = revenue(owner), person_of(owner, MAIL)
    other = read(owner, f"/views/person?person={person_of(owner, 'else@example.com')}")["rows"]
    check(b"canary" in feed(owner) and bool(hits(shop, CANARIES)) and person and other,
          "the person is there", person)
    told = work(owner, "erase", who=person, dry_run=True)["report"]
    check(told["found"]["orders"] == 2 and told["found"]["messages"] >= 4 and not told["nothing"],
          "how much there is is told first", told)
    check(owner.ask("POST", "/api/v1/people/erase", {"who": person})[0] == 400 and
          not read(owner, "/people/erasures")["erasures"], "nothing is erased without the word")
    traffic = Traffic(server, key, {"anonymousId": "device-passer-by"})
    done = work(owner, "erase", who=person, confirm="erase")
    erased = done["report"].get("erased", {})
    check(done["state"] == "done" and erased["step"] == "done" and erased["orders"] == 2,
          "the person is erased", done)
    check(erased["searched_bytes"] > 10000 and erased["searched_files"] >= 3 and
          erased["actor"].startswith("user "), "with the proof", erased)
    check(not hits(shop, CANARIES), "no file has a byte of the person", hits(shop, CANARIES))
    check(owner.ask("GET", f"/api/v1/people/exports/{kept}")[0] == 404, "exports are gone")
    settle(owner)
    answers = named(owner, (f"/views/person?person={person}",))
    check(not answers, "no answer names the person", answers)
    time.sleep(0.5)
    traffic.end()
    check(traffic.sent > 5 and not traffic.refused, "others were taken in all the while",
          (traffic.sent, traffic.refused))
    check(revenue(owner) == before, "revenue is what it was", (before, revenue(owner)))
    check(read(owner, f"/views/person?person={person_of(owner, 'else@example.com')}")["rows"] ==
          other, "others' stories are as they were")
    for who in (MAIL, LOGIN):
        again = work(owner, "erase", who=who, confirm="erase")
        check(again["report"].get("nothing") or "nobody here" in again["problem"]["detail"],
              "asked again, there is nothing", again)
    check(not hits(shop, CANARIES) and len(read(owner, "/people/erasures")["erasures"]) == 1,
          "and nothing of what was asked is kept", hits(shop, CANARIES))
    lines = json.dumps(read(owner, "/audit")).lower()
    check("/people/erase" in lines and "/people/exports/" in lines and "canary" not in lines,
          "the record of what was done has it, naming nobody")


def is_held(path: str, at: int, n: int) -> bool:
    """Whether another process has a lock on these bytes."""
    with open(path, "r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, n, at)
        except OSError:
            return True
    return False


def locks(shop: str) -> None:
    """The search has let go of none of SQLite's locks, by which another program that looks into the
    files knows that they are in use."""
    free = [name for name in ("store.db", "journal.db")
            if not (is_held(f"{shop}/{name}-shm", 128, 1) and
                    is_held(f"{shop}/{name}", 0x40000002, 510))]
    check(not free, "the data bases' files are known to be in use", free)


def busy(server: Server, owner: Client, key: str) -> None:
    """Who sends on is erased as of when it was asked for."""
    nobody = Client(server)
    nobody.ask("POST", "/v1/batch", {"writeKey": key, "batch": [
        {"type": "identify", "messageId": "b1", "userId": "busy-login-1234", "anonymousId":
         "device-busy-1234", "traits": {"email": "busy.one@example.com"}}]})
    settle(owner)
    traffic = Traffic(server, key, {"anonymousId": "device-busy-1234"})
    done = work(owner, "erase", who="busy.one@example.com", confirm="erase")
    traffic.end()
    check(done["state"] == "done" and done["report"]["erased"]["step"] == "done",
          "who goes on sending is erased all the same", done)


def in_use(shop: str) -> None:
    told = subprocess.run([tidemark, "people", "erase", MAIL, "--yes", "--workspace", shop],
                          capture_output=True, text=True, check=False)
    check(told.returncode == 75 and "/api/v1/people/erase" in told.stderr,
          "the command says where it is done while a server runs", told.stderr)


def killed(shop: str, server: Server, owner: Client, key: str, until: int) -> Server:
    mail = f"canary.person.{until}@example.com"
    nobody = Client(server)
    nobody.ask("POST", "/v1/batch", {"writeKey": key, "batch": [
        {"type": "identify", "messageId": f"k{until}", "userId": f"login-canary-{until}",
         "traits": {"email": mail, "lastName": "Canarysson"}}]})
    settle(owner)
    check(bool(hits(shop, CANARIES)), "somebody is there")
    number = len(read(owner, "/people/erasures")["erasures"])
    job = json.loads(owner.ask("POST", "/api/v1/people/erase",
                               {"who": mail, "confirm": "erase"})[2])["job"]
    for _ in range(5000):
        if len(read(owner, "/people/erasures")["erasures"]) > number and step_now(shop) >= until:
            break
        time.sleep(0.002)
    status = owner.ask("DELETE", f"/api/v1/jobs/{job}")[0]
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    check(status == 409 and step_now(shop) < 6, "it cannot be cancelled, and the server is killed",
          (status, step_now(shop)))
    server = Server(shop)
    again = Client(server)
    again.enter("owner@example.com")
    told = read(again, "/people/erasures")["erasures"]
    check(len(told) == number + 1 and told[-1]["step"] == "done" and not hits(shop, CANARIES),
          "and has finished it when it answers again", (told, hits(shop, CANARIES)))
    check("canary" not in json.dumps(told) and not named(again), "nothing names the person")
    owner.server, owner.cookie, owner.csrf = server, again.cookie, again.csrf
    return server


def step_now(shop: str) -> int:
    """Of the newest erasure."""
    with sqlite3.connect(f"file:{shop}/store.db?mode=ro", uri=True) as db:
        return db.execute("SELECT step FROM erasure ORDER BY id DESC LIMIT 1").fetchone()[0]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = folder + "/shop"
        server = Server(shop)
        owner = Client(server).first_owner()
        bring(owner, shop)
        _, site = live(server, owner)
        rights(team(server, owner))
        settle(owner)
        kept = export(owner, shop)
        in_use(shop)
        erase(server, owner, shop, site["key"], kept)
        locks(shop)
        busy(server, owner, site["key"])
        for until in (1, 4):
            server = killed(shop, server, owner, site["key"], until)
        check(server.end() == 0, "the server ends")
    end()


if __name__ == "__main__":
    main()
