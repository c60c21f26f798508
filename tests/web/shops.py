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

from client import PASSWORD, Client, Server, check, end, tidemark


def swap(one: Client, other: Client) -> list[tuple[str, int]]:
    """What one shop's credentials get in the other: every kind of them, under every name."""
    value, name = one.cookie.split("=")[1], other.cookie.split("=")[0]
    thief = Client(one.server, shop=other.shop[1:])
    got = []
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
                       check=False, capture_output=True)
        orders = sorted(p for p in demo.rglob("*.csv") if "order" in p.name)[0].read_bytes()
        jobs = [client.ask("POST", "/api/v1/imports?name=orders.csv", raw=orders)
                for client in (north, south)]
        done = [client.wait(json.loads(job[2])["job"])["state"]
                for client, job in zip((north, south), jobs)]
        check(done == ["done", "done"], "two shops take turns with one engine", done)
        running = subprocess.run(["pgrep", "-P", str(server.process.pid), "-c", "tidemark-node"],
                                 capture_output=True, text=True, check=False).stdout.strip()
        check(running in ("0", "1"), "never more than one is awake", running)
        south.ask("DELETE", "/api/v1/imports/1")
        check(len(json.loads(north.ask("GET", "/api/v1/imports")[2])["imports"]) == 1,
              "what one takes back the other keeps")
        check(south.ask("GET", "/api/v1/jobs/99")[0] == 404, "jobs are each shop's own")
        check(server.end() == 0, "it ends in order")

        refused = subprocess.run([tidemark, "serve", "--workspace", folder + "/north", "--workspace",
                                  folder + "/other/north"], capture_output=True, check=False)
        check(refused.returncode != 0 and b"name of its own" in refused.stderr,
              "two folders of one name are refused", refused.stderr)
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
