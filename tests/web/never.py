#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Disasters that others had and that must never happen here, each by its number in the list of
promises: never.py TIDEMARK. Prints TAP. Rows of that list that are about sending mail, about
templates or about requests that the server makes have nothing to stand on yet."""
import json
import math
import pathlib
import random
import re
import statistics
import tempfile
import time

from client import PASSWORD, Client, Server, check, end

XSS = "\"><script>alert(1)</script><img src=x onerror=alert(1)>"


def never_39(owner: Client, folder: str) -> None:
    """A file's name leads out of its folder."""
    before = {p for p in pathlib.Path(folder).rglob("*") if "engine" not in p.parts}
    for name in ("../../x.csv", "..%2F..%2Fx.csv", "%2Fetc%2Fx.csv", "..%5C..%5Cx.csv",
                 "x.csv%00.php", "%2e%2e%2fx.csv", "....%2F%2Fx.csv", "C:%5Cx.csv", ".htaccess",
                 "x" * 300 + ".csv", "%E2%80%AE.csv", "-rf.csv", "", "%0d%0aX:%20y.csv", "~%2Fx.csv"):
        status, _, body = owner.ask("POST", f"/api/v1/imports?name={name}", raw=b"a,b\n1,2\n")
        if status == 202:
            owner.wait(json.loads(body)["job"])
    after = {p for p in pathlib.Path(folder).rglob("*") if "engine" not in p.parts}
    new = [str(p) for p in after - before if not p.name.startswith("store.db")]
    check(not new, "never_39: no upload leaves its folder", new)


def never_40(server: Server, clients: dict[str, Client]) -> None:
    """Anybody reads every report."""
    got = {(who, view): clients[who].ask("GET", f"/api/v1/views/{view}")[0]
           for who in ("viewer", "analyst") for view in ("customers", "person?person=1",
                                                        "search?q=an")}
    check(set(got.values()) == {403}, "never_40: who may not see people sees none", got)


def never_41_53_56(owner: Client) -> None:
    """What a user writes becomes SQL: ORDER BY, filters, table functions."""
    wrong = []
    for text in ("1;DROP TABLE x", "name) UNION SELECT password FROM web_user--", "' OR '1'='1",
                 "url('http://127.0.0.1/')", "file('/etc/passwd')", "(SELECT 1)", "`x`", "\\'", "%00",
                 "revenue DESC, (SELECT sleep(9))", "{x:String}", "postgresql('h','d','t','u','p')"):
        for view, param in (("revenue", "by"), ("products", "sort"), ("customers", "segment"),
                            ("search", "q"), ("touch", "model"), ("revenue", "from")):
            begun = time.monotonic()
            status, _, body = owner.ask("GET", f"/api/v1/views/{view}?{param}=" +
                                        "".join(f"%{b:02x}" for b in text.encode()))
            if status >= 500 and status != 503 or b"root:" in body or time.monotonic() - begun > 8:
                wrong.append((view, param, text, status, body[:200]))
    check(not wrong, "never_41, never_53, never_56: no parameter becomes SQL", wrong)


def never_43(owner: Client, folder: str) -> None:
    """Secrets come out by reading or changing the settings."""
    key = pathlib.Path(folder, "shop", "secret.key")
    owner.ask("POST", "/api/v1/second-factor", {})
    told = b"".join(owner.ask("GET", f"/api/v1/{part}")[2]
                    for part in ("settings", "users", "keys", "audit?limit=200", "jobs", "plan",
                                 "second-factor"))
    told += owner.ask("GET", "/metrics")[2] + owner.ask("GET", "/healthz")[2]
    check(b"argon2" not in told and folder.encode() not in told and key.exists() and
          key.read_bytes() not in told and key.read_bytes().hex().encode() not in told and
          PASSWORD.encode() not in told, "never_43: no answer holds a secret or a path")


def differ(one: list[float], other: list[float], dice: random.Random) -> tuple[float, float]:
    """How much longer one kind of answer takes than another, and how often chance alone makes such a
    difference of the same times: their lower quarters (what is beside the work only ever adds time),
    and shuffles of who was who within each pair."""
    def apart(a: list[float], b: list[float]) -> float:
        return math.log(statistics.quantiles(a, n=4)[0] / statistics.quantiles(b, n=4)[0])

    seen, as_far, tries = apart(one, other), 0, 2000
    for _ in range(tries):
        pairs = [(a, b) if dice.random() < .5 else (b, a) for a, b in zip(one, other)]
        as_far += abs(apart([a for a, _ in pairs], [b for _, b in pairs])) >= abs(seen)
    return math.exp(seen), as_far / tries


def never_44_54(server: Server, owner: Client) -> None:
    """An answer, or its time, tells whether somebody exists; and the guard that never worked."""
    dice, rounds, people = random.Random(44), 24, 8
    for i in range(people):
        for kind in ("some", "off"):
            made = owner.ask("POST", "/api/v1/users", {
                "email": f"{kind}{i}@example.com", "password": PASSWORD, "role": "viewer"})
            if kind == "off":
                owner.ask("PATCH", f"/api/v1/users/{json.loads(made[2])['id']}", {"disabled": True})
    took: dict[str, list[float]] = {"some": [], "off": [], "nobody": []}
    said: dict[str, set] = {kind: set() for kind in took}
    for i in range(rounds):  # an account has five tries a minute, an address twenty
        kinds = list(took)
        dice.shuffle(kinds)
        for kind in kinds:
            begun = time.perf_counter()
            status, headers, body = Client(server).ask(
                "POST", "/api/v1/login", {"email": f"{kind}{i % people}@example.com",
                                          "password": "wrong " + PASSWORD},
                address=f"127.0.4.{1 + i // 4}")
            took[kind].append(time.perf_counter() - begun)
            told = json.loads(body)
            told.pop("request", None)
            said[kind].add((status, json.dumps(told), *sorted(set(headers) - {"date"})))
    check(said["some"] == said["off"] == said["nobody"] and len(said["some"]) == 1,
          "never_44: somebody, somebody who may not and nobody get the same answer", said)
    check(min(min(times) for times in took.values()) > 0.03,
          "never_54: a wrong log-in costs the work of a password", min(map(min, took.values())))
    for kind in ("some", "off"):
        ratio, chance = differ(took[kind], took["nobody"], dice)
        check(chance > 0.001 or 0.9 < ratio < 1 / 0.9,
              f"never_44: and as soon ({kind}: times {ratio:.2f}, by chance {chance:.3f})", took)
    late = [t * 1.5 for t in took["nobody"]]  # were it otherwise, this would see it
    ratio, chance = differ(late, took["nobody"], dice)
    check(chance <= 0.001 and ratio > 1 / 0.9, "never_44: half as long again would be noticed",
          (ratio, chance))


def never_45_59(owner: Client) -> None:
    """A link of ours leads elsewhere."""
    led = []
    for path in ("//evil.example.com", "///evil.example.com", "/\\evil.example.com",
                 "/%5cevil.example.com", "/https:evil.example.com", "/?next=https://evil.example.com",
                 "/?returnUrl=//evil.example.com", "/?l=https://evil.example.com",
                 "/api/v1/login?next=//evil.example.com", "/%0d%0aLocation:%20https://evil.example.com",
                 "/.evil.example.com", "/@evil.example.com", "/?url=javascript:alert(1)"):
        status, headers, _ = owner.ask("GET", path)
        if "location" in headers or 300 <= status < 400 or "refresh" in headers:
            led.append((path, status, headers.get("location")))
    check(not led, "never_45, never_59: nothing leads elsewhere", led)


def never_46_47_51_55_57(server: Server, owner: Client) -> None:
    """What comes in from outside runs as a page of ours."""
    wrong = []
    shown = {"Referer": XSS, "User-Agent": XSS, "X-Forwarded-For": XSS, "Accept-Language": XSS,
             "Origin": f"http://127.0.0.1:{server.port}"}
    for path in ("/" + "%3Cscript%3Ealert(1)%3C/script%3E", "/api/v1/jobs/%3Cscript%3E",
                 "/api/v1/views/%3Cscript%3E", "/?matomoUrl=data:text/html,%3Cscript%3E", "/"):
        status, headers, body = owner.ask("GET", path, headers=shown)
        if (b"<script>alert" in body and "html" in headers["content-type"]) or \
                headers.get("x-content-type-options") != "nosniff" or \
                (status != 200 and "json" not in headers["content-type"]):
            wrong.append((path, status, headers["content-type"], body[:100]))
    owner.ask("PUT", "/api/v1/settings", {"shop": XSS})
    status, headers, body = owner.ask("GET", "/api/v1/settings")
    page = owner.ask("GET", "/")[2]
    if XSS.encode() in page or headers["content-type"] != "application/json":
        wrong.append(("settings", status, headers["content-type"]))
    inline = re.findall(rb"<script(?![^>]*\bsrc=)[^>]*>|\son\w+=", page)
    check(not wrong and not inline, "never_46, never_47, never_51, never_55, never_57: nothing from "
          "outside becomes a page", (wrong, inline))


def never_48(server: Server, owner: Client) -> None:
    """Setting up, or the first password, without being anybody."""
    wish = {"token": "", "email": "evil@example.com", "password": PASSWORD}
    got = [Client(server).ask("POST", "/api/v1/setup", {**wish, "token": token})[0]
           for token in ("", "0" * 64, "null", server.setup_token(), "a" * 65)]
    check(set(got) <= {400, 403, 429}, "never_48: setting up is over once there is an owner", got)
    names = [Client(server).enter(f"{name}@example.com", word)
             for name, word in (("admin", "admin"), ("owner", "owner"), ("admin", "tidemark"))]
    check(set(names) <= {400, 401, 429}, "never_48: there are no passwords that come with it", names)


def never_50(owner: Client) -> None:
    """A form on a foreign page does something here."""
    got = []
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                 "application/json", ""):
        got.append(owner.ask("POST", "/api/v1/users", raw=b'{"email":"evil@example.com"}', csrf=False,
                             headers={"Content-Type": kind, "Origin": "https://evil.example.com",
                                      "Sec-Fetch-Site": "cross-site"})[0])
    check(set(got) == {403}, "never_50: no foreign page acts here", got)


def never_52(server: Server, owner: Client) -> None:
    """Sessions outlive the password they were begun with."""
    owner.ask("POST", "/api/v1/users",
              {"email": "reset@example.com", "password": PASSWORD, "role": "viewer"})
    people = json.loads(owner.ask("GET", "/api/v1/users?limit=200")[2])["users"]
    person = next(p["id"] for p in people if p["email"] == "reset@example.com")
    one, two = Client(server), Client(server)
    one.enter("reset@example.com"), two.enter("reset@example.com")
    before = one.cookie
    changed = one.ask("POST", "/api/v1/password", {"current": PASSWORD, "password": PASSWORD + "!"})[0]
    check(changed == 204 and two.ask("GET", "/api/v1/me")[0] == 401 and one.cookie != before and
          one.ask("GET", "/api/v1/me", headers={"Cookie": before})[0] == 401 and
          one.ask("GET", "/api/v1/me")[0] == 200,
          "never_52: a new password ends all other sessions and renames this one")
    owner.ask("PATCH", f"/api/v1/users/{person}", {"password": PASSWORD + "?"})
    check(one.ask("GET", "/api/v1/me")[0] == 401, "never_52: and so does one that an owner sets")


def never_57(folder: str) -> None:
    """Every installation has the same secret."""
    keys = []
    for name in ("one", "two"):
        server = Server(f"{folder}/{name}")
        owner = Client(server).first_owner()
        owner.ask("POST", "/api/v1/second-factor", {})
        status = owner.ask("GET", f"/api/v1/me?session={owner.cookie}&csrf={owner.csrf}",
                           headers={"Cookie": "x=y"})[0]
        check(status == 401, "never_57: no secret is taken from an address", status)
        server.end()
        keys.append(pathlib.Path(folder, name, "secret.key").read_bytes())
    check(len(set(keys)) == 2 and len(keys[0]) == 32, "never_57: each workspace has secrets of its own")


def never_58(server: Server, owner: Client) -> None:
    """A token is read, not checked."""
    key = json.loads(owner.ask("POST", "/api/v1/keys", {"name": "k", "scopes": ["read"]})[2])["key"]
    name, value = owner.cookie.split("=")
    let_in = []
    for at in range(0, 64, 3):
        other = "0" if value[at] != "0" else "1"
        bent = value[:at] + other + value[at + 1:]
        if Client(server).ask("GET", "/api/v1/me", headers={"Cookie": f"{name}={bent}"})[0] != 401:
            let_in.append(bent)
        bent = key[:4 + at] + ("0" if key[4 + at] != "0" else "1") + key[5 + at:]
        if Client(server, bent).ask("GET", "/api/v1/jobs")[0] != 401:
            let_in.append(bent)
    for token in ("", "tmk_", key[:-1], key + "0", key.upper(), "eyJhbGciOiJub25lIn0.e30.", "null"):
        if Client(server).ask("GET", "/api/v1/jobs",
                              headers={"Authorization": f"Bearer {token}"})[0] != 401:
            let_in.append(token)
    check(not let_in and Client(server, key).ask("GET", "/api/v1/jobs")[0] == 200,
          "never_58: a credential that was altered is none", let_in)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop")
        owner = Client(server).first_owner()
        clients = {}
        for role in ("viewer", "analyst"):
            owner.ask("POST", "/api/v1/users",
                      {"email": f"{role}@example.com", "password": PASSWORD, "role": role})
            clients[role] = Client(server)
            clients[role].enter(f"{role}@example.com")
        never_44_54(server, owner)
        never_40(server, clients)
        never_41_53_56(owner)
        never_43(owner, folder)
        never_45_59(owner)
        never_46_47_51_55_57(server, owner)
        never_50(owner)
        never_52(server, owner)
        never_58(server, owner)
        never_39(owner, folder)
        never_48(server, owner)
        check(server.end() == 0, "the server ends")
        never_57(folder)


main()
end()
