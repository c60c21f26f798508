#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Live messages over HTTP: what is answered, what is kept, from whom. live.py TIDEMARK. Prints TAP."""
import base64
import concurrent.futures
import gzip
import http.client
import json
import socket
import subprocess
import tempfile
import time

from client import Client, Server, check, end, tidemark

EVENT = {"userId": "u", "event": "Product Viewed"}


def make_key(owner: Client, name: str, **more: object) -> dict:
    status, _, body = owner.ask("POST", "/api/v1/sources", {"name": name, **more})
    check(status == 201, f"a write key is made: {name}", body)
    return json.loads(body)


def basic(key: str) -> dict:
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def patient(port: int, key: str, size: int) -> bytes:
    """What a client sees that sends all of its body before it looks for an answer, as most do."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        head = (f"POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
                f"Authorization: {basic(key)['Authorization']}\r\nContent-Length: {size}\r\n\r\n")
        link.sendall(head.encode())
        time.sleep(0.2)  # an answer that comes at once has come
        for _ in range(size >> 16):
            link.sendall(b" " * (1 << 16))
        got = b""
        while part := link.recv(1 << 16):
            got += part
        return got


def counts(owner: Client, source: int) -> tuple[int, int, int]:
    listed = json.loads(owner.ask("GET", "/api/v1/sources")[2])["sources"]
    found = next(one for one in listed if one["id"] == source)
    return found["stored"], found["repeated"], found["refused"]


def answers(anybody: Client, key: str) -> None:
    def post(path: str, body: object, headers: dict | None = None, raw: bytes | None = None):
        return anybody.ask("POST", path, body, {**basic(key), **(headers or {})}, raw=raw)

    status, headers, body = post("/v1/track", EVENT)
    check(status == 200 and json.loads(body) == {"success": True}, "an event is taken", body)
    check(headers.get("access-control-allow-origin") == "*" and
          "access-control-allow-credentials" not in headers, "from any page, without credentials")
    for path in "t", "track":
        check(post(f"/v1/{path}", EVENT)[0] == 200, f"/v1/{path} is there")
    for path, body in (("identify", {"userId": "u"}), ("i", {"userId": "u"}),
                       ("page", {"userId": "u"}), ("p", {"userId": "u"}),
                       ("screen", {"userId": "u"}), ("s", {"userId": "u"}),
                       ("group", {"userId": "u", "groupId": "g"}), ("g", {"userId": "u", "groupId": "g"}),
                       ("alias", {"userId": "u", "previousId": "a"}), ("a", {"userId": "u", "previousId": "a"}),
                       ("batch", {"batch": []}), ("b", {"batch": []}), ("import", {"batch": []})):
        check(post(f"/v1/{path}", body)[0] == 200, f"/v1/{path} is there")
    check(post("/v1/telegram", EVENT)[0] == 404, "another path is not")
    check(anybody.ask("GET", "/v1/track")[0] == 405, "nor is reading")
    beacon = json.dumps({**EVENT, "writeKey": key}).encode()
    status = anybody.ask("POST", "/v1/t", raw=beacon, headers={"Content-Type": "text/plain"})[0]
    check(status == 200, "a beacon's text with the key inside is taken")
    packed = gzip.compress(json.dumps(EVENT).encode())
    check(post("/v1/track", None, {"Content-Encoding": "gzip"}, packed)[0] == 200, "gzip is unpacked")
    bomb = gzip.compress(b" " * (64 << 20))
    check(post("/v1/batch", None, {"Content-Encoding": "gzip"}, bomb)[0] == 400, "as far as allowed")
    check(post("/v1/track", None, {"Content-Encoding": "gzip"}, packed[:-9])[0] == 400,
          "and whole only")
    check(post("/v1/track", None, {"Content-Encoding": "br"}, packed)[0] == 415, "nothing else is")
    for name, raw in (("no JSON", b"{"), ("no object", b"[1]"),
                      ("33 KB", json.dumps({**EVENT, "x": "x" * 33000}).encode()),
                      ("a batch without its list", b"{}"), ("501 KB", b" " * (501 << 10))):
        path = "/v1/batch" if name in ("a batch without its list", "501 KB") else "/v1/track"
        check(post(path, None, raw=raw)[0] == 400, f"{name} is answered with 400")
    got = patient(anybody.server.port, key, 3 << 20)
    check(got.startswith(b"HTTP/1.1 400 "), "too much is answered when it has been sent", got[:200])
    status, headers, _ = anybody.ask("OPTIONS", "/v1/track", headers={
        "Origin": "https://shop.example.com", "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type"})
    check(status == 204 and "POST" in headers["access-control-allow-methods"] and
          "Authorization" in headers["access-control-allow-headers"], "a browser may ask first")


def fates(owner: Client, anybody: Client, source: dict) -> None:
    before = counts(owner, source["id"])
    batch = [{"type": "track", "messageId": f"m{i % 40}", **EVENT} for i in range(50)]
    batch += [{"type": "track", "event": "E"}, {"type": "telegram", "userId": "u"}, 7]
    status = anybody.ask("POST", "/v1/batch", {"batch": batch}, basic(source["key"]))[0]
    after = counts(owner, source["id"])
    told = tuple(b - a for a, b in zip(before, after))
    check(status == 200 and told == (40, 10, 3), "stored, repeated and refused make up the batch", told)
    refused = json.loads(owner.ask("GET", f"/api/v1/sources/{source['id']}/refused")[2])["refused"]
    check([one["reason"] for one in refused[:3]] == ["not_an_object", "no_type", "no_person"],
          "each refusal tells its reason", refused[:3])
    check(all(one["text"] for one in refused), "in words, too")


def strangers(owner: Client, anybody: Client, source: dict) -> None:
    check(anybody.ask("POST", "/v1/track", EVENT)[0] == 401, "without a key nothing is taken")
    status, headers, _ = anybody.ask("POST", "/v1/track", EVENT, {"Authorization": f"Bearer {source['key']}"})
    check(status == 401 and headers.get("access-control-allow-origin") == "*",
          "a page can read why it was refused")
    waits = [anybody.ask("POST", "/v1/track", EVENT, basic(f"guess{i}")) for i in range(310)]
    check(waits[0][0] == 401 and waits[-1][0] == 429 and int(waits[-1][1]["retry-after"]) > 0,
          "who guesses keys has to wait")
    check(anybody.ask("POST", "/v1/track", EVENT, basic(source["key"]))[0] == 200,
          "who knows one has not")
    gone = make_key(owner, "Old app")
    check(owner.ask("DELETE", f"/api/v1/sources/{gone['id']}")[0] == 204, "a key is revoked")
    check(anybody.ask("POST", "/v1/track", EVENT, basic(gone["key"]))[0] in (401, 429), "and lets nothing in")
    check(owner.ask("DELETE", f"/api/v1/sources/{gone['id']}")[0] == 404, "once")
    check(owner.ask("POST", "/api/v1/sources", {"name": "x", "protocol": "telegraph"})[0] == 400,
          "only protocols that are known have keys")


def crowd(server: Server, owner: Client, source: dict) -> None:
    """Many connections that are kept open, each with many requests."""
    def send(which: int) -> int:
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        good = 0
        for i in range(20):
            link.request("POST", "/v1/track", json.dumps({**EVENT, "messageId": f"c{which}-{i}"}),
                         {**basic(source["key"]), "Content-Type": "application/json"})
            answer = link.getresponse()
            good += answer.read() == b'{"success": true}' and answer.status == 200
        link.close()
        return good

    before = counts(owner, source["id"])[0]
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        good = sum(pool.map(send, range(40)))
    check(good == 800 and counts(owner, source["id"])[0] == before + 800,
          "40 connections at once: every answer is kept", good)


def several(folder: str) -> None:
    server = Server(folder + "/north", folder + "/south")
    north, south = (Client(server, shop=name).first_owner() for name in ("north", "south"))
    keys = [make_key(north, "N"), make_key(south, "S")]
    anybody = Client(server)
    for key, owner, other in ((keys[0], north, south), (keys[1], south, north)):
        check(anybody.ask("POST", "/v1/track", EVENT, basic(key["key"]))[0] == 200 and
              counts(owner, key["id"])[0] == 1, "the key finds the shop")
        check(other.ask("POST", "/v1/track", EVENT, basic(key["key"]))[0] == 401,
              "another shop's address does not take it")
        check(owner.ask("POST", "/v1/track", EVENT, basic(key["key"]))[0] == 200 and
              counts(owner, key["id"])[0] == 2, "its own does")
    server.end()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop")
        owner, anybody = Client(server).first_owner(), Client(server)
        source = make_key(owner, "Site")
        answers(anybody, source["key"])
        fates(owner, anybody, source)
        strangers(owner, anybody, source)
        crowd(server, owner, source)
        kept = counts(owner, source["id"])
        server.end()
        told = json.loads(subprocess.run([tidemark, "sources", "--workspace", folder + "/shop", "--json"],
                                         capture_output=True, check=True).stdout)["sources"][0]
        check((told["stored"], told["repeated"], told["refused"]) == kept,
              "the terminal counts the same after the server ended", told)
        several(folder)
    end()


main()
