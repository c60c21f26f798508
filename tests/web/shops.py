#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Several shops in one server: shops.py TIDEMARK. Prints TAP.

Whatever lets somebody into one shop must be worth nothing in another.
"""
import json
import pathlib
import re
import subprocess
import tempfile
import threading
import time

from client import PASSWORD, Client, Server, check, end, tidemark


def swap(one: Client, other: Client) -> list[tuple[str, int]]:
    """What one shop's credentials get in the other: every kind of them, under every name."""
    value, name = one.cookie.split("=")[1], other.cookie.split("=")[0]
    thief = Client(one.server, shop=other.shop[1:])
    got = []
    check(one.ask("GET", "/api/v1/me", headers={"Cookie": one.cookie})[0] == 200,
          f"{one.shop}'s cookie lets in to it")
    for label, headers in (("its cookie", {"Cookie": one.cookie}),
                           ("its cookie renamed", {"Cookie": f"{name}={value}"}),
                           ("both cookies", {"Cookie": f"{one.cookie}; {name}={value}"}),
                           ("as a key", {"Authorization": f"Bearer {value}"})):
        got.append((label, thief.ask("GET", "/api/v1/me", headers=headers)[0]))
    key = json.loads(one.ask("POST", "/api/v1/keys", {"name": "k", "scopes": ["read"]})[2])["key"]
    check(Client(one.server, key, one.shop[1:]).ask("GET", "/api/v1/jobs")[0] == 200,
          "a key works where it was made")
    got.append(("its key", Client(one.server, key, other.shop[1:]).ask("GET", "/api/v1/jobs")[0]))
    return got


def forged(one: Client, other: Client) -> int:
    """The other's own session, with the token of this one's."""
    return other.ask("PUT", "/api/v1/settings", {"shop": "Taken"}, {"X-CSRF-Token": one.csrf},
                     csrf=False)[0]


class Awake:
    """How many engines the server has, looked at all the time."""

    def __init__(self, server: Server) -> None:
        self.parent, self.most, self.looks, self.over = server.process.pid, 0, 0, False
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def now(self) -> int:
        n = 0
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                name, rest = stat.read_text(encoding="utf-8").split(" (", 1)[1].rsplit(") ", 1)
            except OSError:
                continue  # ended meanwhile
            words = rest.split()
            n += name == "tidemark-node" and int(words[1]) == self.parent and words[0] != "Z"
        return n

    def look(self) -> None:
        while not self.over:
            self.most = max(self.most, self.now())
            self.looks += 1
            time.sleep(0.02)

    def end(self) -> int:
        self.over = True
        self.thread.join()
        return self.most


def take_turns(clients: tuple[Client, ...], orders: bytes) -> tuple[list[str], int]:
    """How imports into all shops at once end, and the most engines that were awake."""
    awake = Awake(clients[0].server)
    jobs = [json.loads(client.ask("POST", "/api/v1/imports?name=orders.csv", raw=orders)[2])["job"]
            for client in clients]
    states = [client.wait(job)["state"] for client, job in zip(clients, jobs)]
    return states, awake.end()


def kept_apart(north: Client, south: Client) -> None:
    """What stands in one shop and has the same number or name in the other is that one's own."""
    def imports(client: Client) -> list[int]:
        return [i["id"] for i in json.loads(client.ask("GET", "/api/v1/imports")[2])["imports"]]

    both = imports(north), imports(south)
    gone = south.ask("DELETE", f"/api/v1/imports/{both[1][0]}")
    check(gone[0] == 202 and south.wait(json.loads(gone[2])["job"])["state"] == "done" and
          imports(south) == [] and imports(north) == both[0] and len(both[0]) == 1,
          "what one takes back the other keeps", (both, gone, imports(south), imports(north)))
    job = max(j["id"] for j in json.loads(south.ask("GET", "/api/v1/jobs?limit=100")[2])["jobs"])
    while north.ask("GET", f"/api/v1/jobs/{job}")[0] == 200:
        job = json.loads(south.ask("POST", "/api/v1/assessments", {})[2])["job"]
    check(south.ask("GET", f"/api/v1/jobs/{job}")[0] == 200 and
          north.ask("DELETE", f"/api/v1/jobs/{job}")[0] == 404, "jobs are each shop's own", job)
    south.wait(job)


def strangers(client: Client) -> dict[str, int]:
    """What of nobody's was turned away, by why."""
    told = json.loads(client.ask("GET", "/api/v1/sources")[2])
    return {e["error"]: e["n"] for e in told["errors"]}


def at_the_root(root: Client, north: Client, south: Client) -> None:
    """Live messages to the address that all share."""
    def send(key: str, to: Client = root) -> int:
        return to.ask("POST", "/v1/track", {"writeKey": key, "event": "Seen", "anonymousId": "a"})[0]

    source = json.loads(north.ask("POST", "/api/v1/sources", {"name": "Site"})[2])
    check(send(source["key"]) == 200, "a key finds its shop")
    check([send("nobodys") for _ in range(3)] == [401] * 3 and
          strangers(north) == strangers(south) == {"no_shop": 3},
          "one that no shop knows is told to each of them", (strangers(north), strangers(south)))
    check(send("nobodys", south) == 401 and strangers(south) == {"no_shop": 3, "unknown_key": 1} and
          strangers(north) == {"no_shop": 3}, "with a shop's own address to that one alone", strangers(south))
    north.ask("DELETE", f"/api/v1/sources/{source['id']}")
    check(send(source["key"]) == 401, "a key that was revoked")
    one = json.loads(north.ask("GET", "/api/v1/sources")[2])["sources"][0]
    check([(e["error"], e["n"]) for e in one["errors"]] == [("unknown_key", 1)] and
          strangers(south)["no_shop"] == 3, "is told to whose it was", one)
    text = root.ask("GET", "/metrics")[2].decode()
    check('tidemark_live_turned_away_total{shop="none",why="unknown_key"} 4\n' in text and
          'tidemark_live_turned_away_total{shop="one",why="unknown_key"} 1\n' in text,
          "and the figures of the server have all of it",
          [line for line in text.splitlines() if "turned_away" in line])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/north", folder + "/south", options=("--engines", "1"))
        root = Client(server)
        clients = {shop: Client(server, shop=shop).first_owner() for shop in ("north", "south")}
        north, south = clients["north"], clients["south"]
        token = server.setup_token("north")
        check(Client(server, shop="south").ask("POST", "/api/v1/setup", {
            "token": token, "email": "x@example.com", "password": PASSWORD})[0] == 403,
              "one shop's link sets no owner in the other")
        check(north.cookie.split("=")[0] != south.cookie.split("=")[0],
              "each shop has a cookie of its own", (north.cookie, south.cookie))
        for one, other in ((north, south), (south, north)):
            got = swap(one, other)
            check(all(status == 401 for _, status in got),
                  f"nothing of {one.shop} lets in to {other.shop}", got)
            check(forged(one, other) == 403, "nor does its CSRF token", one.shop)
        people = north.ask("POST", "/api/v1/users", {
            "email": "north@example.com", "password": PASSWORD, "role": "owner"})
        ids = [p["id"] for p in json.loads(north.ask("GET", "/api/v1/users")[2])["users"]]
        check(people[0] == 201 and south.ask("PATCH", f"/api/v1/users/{ids[-1]}",
                                             {"disabled": True})[0] == 404,
              "one shop's people cannot be changed from the other")
        check(Client(server, shop="south").enter("north@example.com") == 401,
              "nor do they get in there")
        check(b"north@example.com" in north.ask("GET", "/api/v1/users")[2] and
              b"POST /users" in north.ask("GET", "/api/v1/audit")[2].replace(b"/api/v1", b""),
              "a shop's people and what they did are seen in it")
        check(b"north@example.com" not in south.ask("GET", "/api/v1/users")[2] and
              b"north" not in south.ask("GET", "/api/v1/audit")[2], "nor can they be seen there")
        check(root.ask("GET", "/api/v1/users", headers={"Cookie": north.cookie})[0] == 404,
              "the root has no people")

        status, headers, _ = root.ask("GET", "/north")
        check(status == 308 and headers["location"] == "/north/", "a shop's name leads to its page",
              headers)
        for path in ("//evil.example.com", "/north/..", "/nowhere", "/nowhere/", "/north/nowhere",
                     "//north", "/north//", "/%2f%2fevil.example.com"):
            status, headers, _ = root.ask("GET", path)
            check(status in (404, 308) and headers.get("location", "/north/") == "/north/",
                  f"nothing else leads elsewhere: {path}", (status, headers.get("location")))
        page = root.ask("GET", "/north/")
        check(page[0] == 200 and b'="/' not in page[2], "its page names its parts beside itself",
              page[2])
        parts = re.findall(rb'(?:src|href)="\./([^"]+)"', page[2])
        check(all(root.ask("GET", "/north/" + part.decode())[0] == 200 for part in parts),
              "and they are there", parts)
        told = json.loads(root.ask("GET", "/api/v1/shops", headers={"Cookie": south.cookie})[2])
        check(told["here"] is None and told["shops"] == [{"name": "north", "signed_in": False},
                                                         {"name": "south", "signed_in": True}],
              "the root tells where one is signed in", told)
        check(json.loads(north.ask("GET", "/api/v1/shops")[2])["here"] == "north", "a shop its name")
        check(root.ask("GET", "/healthz")[0] == 200 and root.ask("GET", "/metrics")[0] == 200,
              "health and figures are at the root")

        demo = pathlib.Path(folder, "demo")
        subprocess.run([tidemark, "simulate", "--stage", "2", "--orders", "100", str(demo)],
                       check=True, capture_output=True)
        orders = sorted(p for p in demo.rglob("*.csv") if "order" in p.name)[0].read_bytes()
        done, most = take_turns((north, south), orders)
        check(done == ["done", "done"], "two shops take turns with one engine", done)
        check(most == 1, "never more than one is awake, and one was", most)
        kept_apart(north, south)
        at_the_root(root, north, south)
        check(server.end() == 0, "it ends in order")

        refused = subprocess.run([tidemark, "serve", "--workspace", folder + "/north", "--workspace",
                                  folder + "/other/north"], capture_output=True, check=False)
        check(refused.returncode != 0 and b"name of its own" in refused.stderr,
              "two folders of one name are refused", refused.stderr)
        two = Server(folder + "/north", folder + "/south", options=("--engines", "2"))
        north.server = south.server = two
        done, most = take_turns((north, south), orders.replace(b"\n", b"\r\n"))
        check(done == ["done", "done"] and most == 2, "with two engines both are awake", (done, most))
        check(two.end() == 0, "it ends in order, too")
        alone = Server(folder + "/north")
        north.server, north.shop = alone, ""
        check(north.ask("GET", "/api/v1/me", headers={"Cookie": north.cookie.replace("-north", "")})
              [0] == 200, "the same workspace alone stands at the root")
        hidden = Server(folder + "/south", folder + "/east",
                        options=("--public-url", "http://mark.example.com"))
        told = json.loads(Client(hidden).ask("GET", "/api/v1/shops")[2])
        check(told["shops"] == [], "a public server names no shop to strangers", told)
        check(alone.end() == 0 and hidden.end() == 0, "all end")


main()
end()
