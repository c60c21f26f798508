#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may what, route by route: rights.py TIDEMARK RIGHTS.txt [write]. Prints TAP.

The file beside this test is what we decided; the program's own description is what it says; the walk
is what it does. All three have to agree, so that no right changes unseen and no new route goes
untried. Renew the file, and look at the difference: rights.py TIDEMARK RIGHTS.txt write
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from client import PASSWORD, ROLES, Client, Server, check, end, tidemark

SCOPES = ["read", "import", "work"]
HEADERS = {
    "x-content-type-options": "nosniff", "x-frame-options": "DENY",
    "referrer-policy": "no-referrer", "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
# Messages of sites and apps: any page may ask, and none with who is logged in.
LIVE = {name: value for name, value in HEADERS.items() if not name.startswith("cross-origin")} | {
    "cross-origin-resource-policy": "cross-origin", "access-control-allow-origin": "*"}
FORGED = ({}, {"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": "OWN", "Sec-Fetch-Site": "cross-site"},
          {"X-CSRF-Token": "OWN", "Sec-Fetch-Site": "same-site"},
          {"X-CSRF-Token": "OWN", "Origin": "https://evil.example.com"},
          {"X-CSRF-Token": "OWN", "Origin": "null"})

Row = tuple[str, str]


def described() -> dict:
    told = subprocess.run([tidemark, "serve", "--openapi"], capture_output=True, check=True).stdout
    return json.loads(told)["paths"]


def rights(paths: dict) -> dict[Row, dict]:
    found = {}
    for path, methods in paths.items():
        for method, what in methods.items():
            found[method.upper(), path] = {
                "roles": what["x-roles"] if what["security"] else ["anybody"],
                "scope": what["x-scope"] or "-", "csrf": what["x-csrf"], "proof": what["x-proof"]}
    return found


def as_text(rows: dict[Row, dict]) -> str:
    lines = [f"{method} {path}: {' '.join(r['roles'])}; key {r['scope']};"
             f"{' csrf' if r['csrf'] else ''}{' proof' if r['proof'] else ''}".rstrip(";")
             for (method, path), r in rows.items()]
    return "\n".join(sorted(lines)) + "\n"


def from_text(text: str) -> dict[Row, dict]:
    rows = {}
    for line in text.splitlines():
        method, path, roles, scope, rest = re.fullmatch(
            r"(\w+) (\S+): ([\w ]+); key ([\w-]+)(?:;(.*))?", line).groups()
        rows[method, path] = {"roles": roles.split(), "scope": scope,
                              "csrf": "csrf" in (rest or ""), "proof": "proof" in (rest or "")}
    return rows


def may(right: dict, who: str) -> bool:
    if right["roles"] == ["anybody"]:
        return True
    if who.startswith("key "):
        return right["scope"] == who[4:]
    return who in right["roles"]


def body_for(row: Row) -> tuple[object, bytes | None]:
    """What says nothing: whoever may, gets no further than a 400 or 404 with it."""
    if row == ("POST", "/api/v1/imports"):
        return None, b"nothing"
    return ({}, None) if row[0] in ("POST", "PUT", "PATCH") else (None, None)


def place(path: str) -> str:
    if path.endswith("/live/events"):
        return path + "?seconds=0"  # else it goes on
    return re.sub(r"{.*?}", "999999", path.replace("{call}", "track"))


def is_live(path: str) -> bool:
    return path.startswith(("/v1/", "/hooks/"))


class Walk:
    def __init__(self, rows: dict[Row, dict]) -> None:
        self.rows, self.asked = rows, 0
        self.answers: dict[tuple[Row, str], int] = {}
        self.headless: list = []

    def ask(self, row: Row, who: str, client: Client, **more) -> int:
        body, raw = body_for(row)
        headers = more.pop("headers", {})
        if raw is not None:
            headers = {"Content-Type": "application/octet-stream", **headers}
        status, got, _ = client.ask(row[0], place(row[1]), body, headers, raw=raw, **more)
        self.asked += 1
        csp = got.get("content-security-policy", "")
        wanted = LIVE if is_live(row[1]) else HEADERS
        if (any(got.get(name) != value for name, value in wanted.items()) or "unsafe" in csp or
                "access-control-allow-credentials" in got or
                not all(part in csp for part in ("default-src 'none'", "script-src 'self'",
                                                 "base-uri 'none'", "frame-ancestors 'none'"))):
            self.headless.append((row, who, status))
        return status

    def all(self, clients: dict[str, Client]) -> None:
        last = ("POST", "/api/v1/logout")
        for row in [row for row in self.rows if row != last] + [last]:
            for who, client in clients.items():
                self.answers[row, who] = self.ask(row, who, client)

    def wrong(self, rows: dict[Row, dict]) -> list:
        """Where what was answered is not what `rows` say."""
        found = []
        for (row, who), status in self.answers.items():
            let_in = may(rows[row], who)
            if is_live(row[1]):  # a write key is wanted, whoever else one is
                if status != (401 if row[0] == "POST" else 204):
                    found.append((row, who, status))
                continue
            refused = 401 if who.startswith(("nobody", "stranger", "other")) else 403
            if (status in (401, 403)) == let_in or (not let_in and status != refused):
                found.append((row, who, status))
        return found

    def unguarded(self, client: Client) -> list:
        found = []
        for row, right in self.rows.items():
            if row[0] == "GET" or right["roles"] == ["anybody"]:
                continue
            for forged in FORGED:
                headers = {name: client.csrf if value == "OWN" else value
                           for name, value in forged.items()}
                if self.ask(row, "forged", client, headers=headers, csrf=False) != 403:
                    found.append((row, forged))
        return found


def people(server: Server, shop: str) -> dict[str, Client]:
    owner = Client(server, shop=shop).first_owner()
    clients = {"owner": owner}
    for role in ROLES[:3]:
        wish = {"email": f"{role}@example.com", "password": PASSWORD, "role": role}
        owner.ask("POST", "/api/v1/users", wish)
        clients[role] = Client(server, shop=shop)
        clients[role].enter(wish["email"])
    for scope in SCOPES:
        key = json.loads(owner.ask("POST", "/api/v1/keys",
                                   {"name": scope, "scopes": [scope]})[2])["key"]
        clients["key " + scope] = Client(server, key, shop)
    return clients


def strangers(server: Server, north: dict[str, Client], south: dict[str, Client]) -> dict:
    """Nobody, who makes credentials up, and everybody of the other shop."""
    found = {"nobody": Client(server, shop="north"),
             "stranger key": Client(server, "tmk_" + "0" * 64, "north"),
             "stranger cookie": Client(server, shop="north")}
    name = north["owner"].cookie.split("=")[0]
    found["stranger cookie"].cookie = f"{name}={'0' * 64}"
    for who, theirs in south.items():
        client = Client(server, theirs.key, "north")
        client.csrf = theirs.csrf
        if theirs.cookie:
            client.cookie = f"{name}={theirs.cookie.split('=')[1]}; {theirs.cookie}"
        found["other " + who] = client
    return found


def main() -> None:
    kept = pathlib.Path(sys.argv[2])
    rows = rights(described())
    if len(sys.argv) > 3:
        kept.write_text(as_text(rows), encoding="utf-8")
    same = kept.read_text(encoding="utf-8") == as_text(rows)
    check(same, "every route's rights are as decided in rights.txt",
          sorted(set(as_text(rows).splitlines()) ^ set(kept.read_text().splitlines())))
    decided = from_text(kept.read_text(encoding="utf-8"))
    check(as_text(decided) == kept.read_text(encoding="utf-8"), "which reads as it was written")
    open_ones = [row for row, right in decided.items()
                 if row[0] != "GET" and not right["csrf"] and not is_live(row[1])]
    check(sorted(open_ones) == [("POST", "/api/v1/login"), ("POST", "/api/v1/reset"),
                                ("POST", "/api/v1/setup"), ("POST", "/returns/{provider}"),
                                ("POST", "/texts"), ("POST", "/texts/{token}"),
                                ("POST", "/u/{link}")],
          "only who has no session yet, who leaves by a link, and a service that signs needs no token", open_ones)
    if not same:
        return
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/north", folder + "/south", options=("--engines", "1"))
        north, south = people(server, "north"), people(server, "south")
        here = {row: right for row, right in decided.items()
                if row[1] not in ("/healthz", "/metrics")}
        walk = Walk(here)
        unguarded = walk.unguarded(north["owner"])
        check(not unguarded, "every change asks for its token and its own site", unguarded)
        walk.all({**strangers(server, north, south), **north})
        wrong = walk.wrong(here)
        check(not wrong, f"every route lets in whom it should and nobody else ({walk.asked} requests, "
              f"{len(here)} routes)", wrong)
        check(not walk.headless, "every answer carries the headers of safety", walk.headless)
        # A test that cannot fail is none: one right, decided otherwise, has to be seen.
        row = ("GET", "/api/v1/users")
        bent = {**here, row: {**here[row], "roles": ["marketer"]}}
        check(sorted(walk.wrong(bent), key=str) == [(row, "marketer", 403), (row, "owner", 200)],
              "a wrong entry would be found", walk.wrong(bent))
        check(server.end() == 0, "the server ends")


main()
end()
