#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""People who may be one: found, decided, taken back over the API: people.py TIDEMARK. Prints TAP."""
import json
import subprocess
import tempfile
import time

from client import PASSWORD, Client, Server, check, end, tidemark

PEOPLE = (("Philippa", "Quenby", "philippa.quenby", "Millport", "45678"),
          ("Philippa", "Quenby", "philipa.quenby", "Millport", "45678"),
          ("Oswald", "Quenby", "oswald", "Millport", "45678"),
          ("Ada", "Bell", "ada", "Harbury", "11111"), ("Ben", "Carr", "ben", "Ironton", "22222"),
          ("Cleo", "Dunn", "cleo", "Jasper", "33333"), ("Dov", "Ellis", "dov", "Kenmore", "44444"),
          ("Esme", "Frost", "esme", "Larkhill", "55555"), ("Finn", "Grant", "finn", "Morley", "66666"),
          ("Gwen", "Hale", "gwen", "Norton", "77777"))
HEAD = ("Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
        "Default Address Address1,Default Address Address2,Default Address City,"
        "Default Address Province Code,Default Address Country Code,Default Address Zip,"
        "Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags")


def customers() -> bytes:
    rows = [f"{1001 + i},{first},{last},{email}@example.com,yes,,,,{city},XX,GB,{zip_code},,,no,0,0,,no,"
            for i, (first, last, email, city, zip_code) in enumerate(PEOPLE)]
    return "\n".join([HEAD, *rows, ""]).encode()


ORDERS = b"""order_id,ordered_at,total,currency,email,status
1,2026-01-05 10:00:00,20.00,EUR,philippa.quenby@example.com,paid
2,2026-02-05 10:00:00,30.00,EUR,philipa.quenby@example.com,paid
3,2026-02-06 10:00:00,40.00,EUR,oswald@example.com,paid
"""


def read(client: Client, path: str) -> dict:
    return json.loads(client.ask("GET", "/api/v1" + path)[2])


def settle(owner: Client) -> None:
    """All jobs have ended, and the figures are fresh."""
    for _ in range(200):
        jobs = read(owner, "/jobs")["jobs"]
        if (not any(job["state"] in ("waiting", "running") for job in jobs) and
                read(owner, "/views/customers").get("fresh")):
            return
        time.sleep(0.1)
    check(False, "the figures settle", read(owner, "/jobs")["jobs"][:5])


def buyers(owner: Client) -> int:
    settle(owner)
    return len(read(owner, "/views/customers")["rows"])


def pairs(owner: Client) -> list[dict]:
    settle(owner)
    return read(owner, "/people/suggestions")["pairs"]


def decide(client: Client, a: str, b: str, kind: str) -> tuple[int, dict]:
    status, _, body = client.ask("POST", "/api/v1/people/decisions", {"a": a, "b": b, "kind": kind})
    return status, json.loads(body)


def refusals(owner: Client, a: str, b: str) -> None:
    for wish, wanted in (((a, b, "maybe"), 400), ((a, "ann", "same"), 400), ((a, "17", "same"), 404),
                         ((a, a, "same"), 400), (("", b, "apart"), 400)):
        check(decide(owner, *wish)[0] == wanted, f"{wish[2]} of {wish[1]!r:.12}: {wanted}",
              decide(owner, *wish))
    check(read(owner, "/people/decisions")["decisions"] == [], "and nothing was kept")


def walk(owner: Client) -> None:
    check(buyers(owner) == 3, "three people have ordered")
    found = pairs(owner)
    check(len(found) == 1 and {found[0]["a"]["email"], found[0]["b"]["email"]} ==
          {"philippa.quenby@example.com", "philipa.quenby@example.com"} and
          found[0]["probability"] > .9, "two who look like one are found, and no household", found)
    a, b = found[0]["a"]["person"], found[0]["b"]["person"]
    refusals(owner, a, b)
    status, told = decide(owner, a, b, "same")
    check(status == 201 and told["id"] == 1, "they are one", told)
    told = read(owner, "/views/customers")
    check(not told["fresh"] or len(told["rows"]) == 2, "no figure from before passes as fresh", told)
    check(buyers(owner) == 2, "the figures follow", read(owner, "/views/customers"))
    check(pairs(owner) == [], "and nobody is left to ask about")
    check(owner.ask("DELETE", "/api/v1/people/decisions/1")[0] == 204 and buyers(owner) == 3,
          "taken back they are two again")
    check(owner.ask("DELETE", "/api/v1/people/decisions/1")[0] == 404, "once")
    check(len(pairs(owner)) == 1 and decide(owner, b, a, "apart")[0] == 201 and pairs(owner) == [],
          "kept apart they are not asked about again")
    told = read(owner, "/people/decisions")["decisions"]
    check([(d["id"], d["kind"], d["stands"], d["actor"], d["undone_at"] is None) for d in told] ==
          [(1, "same", False, "user 1", False), (2, "apart", True, "user 1", True)],
          "what was decided, by whom, is told", told)


def record(owner: Client) -> None:
    told = read(owner, "/audit?limit=200")["audit"]
    got = {(e["action"], e["object"]) for e in told if e["status"] < 300}
    check({("POST /api/v1/people/decisions", "same 1"), ("DELETE /api/v1/people/decisions/{id}", "1"),
           ("GET /api/v1/people/suggestions", "suggestions")} <= got,
          "decisions and looks at names are on record", got)


def analyst(server: Server, owner: Client) -> None:
    owner.ask("POST", "/api/v1/users", {"email": "a@example.com", "role": "analyst",
                                        "password": PASSWORD})
    other = Client(server)
    other.enter("a@example.com")
    check(other.ask("GET", "/api/v1/people/suggestions")[0] == 403 and
          other.ask("DELETE", "/api/v1/people/decisions/2")[0] == 403, "an analyst sees no names")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([tidemark, "init", folder + "/shop", "--currency", "EUR", "--time-zone",
                        "Europe/Berlin"], check=True, capture_output=True)
        server = Server(folder + "/shop")
        owner = Client(server).first_owner()
        check(read(owner, "/people/suggestions")["pairs"] == [], "nobody at first")
        for name, content in (("customers.csv", customers()), ("orders.csv", ORDERS)):
            job = json.loads(owner.ask("POST", f"/api/v1/imports?name={name}", raw=content)[2])["job"]
            check(owner.wait(job)["state"] == "done", f"{name} is in")
        walk(owner)
        record(owner)
        analyst(server, owner)
        check(server.end() == 0, "the server ends")
        server = owner.server = Server(folder + "/shop")
        check(pairs(owner) == [] and buyers(owner) == 3, "after a restart all is as it was")
        server.end()


if __name__ == "__main__":
    main()
    end()
