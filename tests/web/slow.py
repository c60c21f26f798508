#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Connections that trickle: a byte now and then keeps none open past its time, and nobody else
waits for them. Takes about 35 seconds; loopback only. slow.py TIDEMARK. Prints TAP."""
import json
import select
import socket
import tempfile
import time

from client import PASSWORD, Client, Server, check, end

HEADERS, BODY = 20, 30  # seconds that the server gives (src/web/request.h)
PER_ADDRESS = 64


class Drip:
    """A connection that sends a byte a second and notes when it was cut."""

    def __init__(self, server: Server, address: str, first: bytes, more: bytes) -> None:
        self.link = socket.create_connection(("127.0.0.1", server.port), timeout=5,
                                             source_address=(address, 0))
        self.link.sendall(first)
        self.more, self.begun, self.lived, self.got = more, time.monotonic(), None, b""

    def drip(self) -> None:
        if self.lived is not None:
            return
        try:
            while select.select([self.link], [], [], 0)[0]:
                got = self.link.recv(65536)
                self.got += got
                if not got:
                    raise ConnectionError
            if self.more:
                self.link.sendall(self.more)
        except OSError:
            self.lived = time.monotonic() - self.begun
            self.link.close()


def drips(server: Server, owner: Client) -> dict[str, list[Drip]]:
    host = f"Host: 127.0.0.1:{server.port}\r\n".encode()
    login = (b"POST /api/v1/login HTTP/1.1\r\n" + host + b"Content-Type: application/json\r\n"
             b"Content-Length: 60000\r\n\r\n{")
    upload = (b"POST /api/v1/imports?name=a.csv HTTP/1.1\r\n" + host +
              f"Cookie: {owner.cookie}\r\nX-CSRF-Token: {owner.csrf}\r\n".encode() +
              b"Content-Length: 60000\r\n\r\n")
    alive = b"GET /healthz HTTP/1.1\r\n" + host + b"\r\n"
    return {
        "lines": [Drip(server, "127.0.2.1", b"GET /", b"a") for _ in range(20)],
        "headers": [Drip(server, "127.0.2.2", b"GET / HTTP/1.1\r\n" + host, b"X: y\r\n")
                    for _ in range(20)],
        "bodies": [Drip(server, "127.0.2.3", login, b" ") for _ in range(10)],
        "silent": [Drip(server, "127.0.2.4", b"", b"") for _ in range(5)],
        "idle": [Drip(server, "127.0.2.4", alive, b"") for _ in range(5)],
        "uploads": [Drip(server, "127.0.2.5", upload, b"x")],
    }


def lived(all_of: list[Drip], least: float, most: float) -> bool:
    return all(d.lived is not None and least <= d.lived <= most for d in all_of)


def crowd(server: Server) -> None:
    """One address has so many connections and no more; another is served meanwhile."""
    links = [socket.create_connection(("127.0.0.1", server.port), source_address=("127.0.3.1", 0))
             for _ in range(PER_ADDRESS + 6)]
    time.sleep(1)
    closed = 0
    for link in links:
        link.settimeout(0.05)
        try:
            closed += link.recv(1) == b""
        except ConnectionError:
            closed += 1
        except TimeoutError:
            pass
    check(closed == 6, f"an address has at most {PER_ADDRESS} connections", closed)
    check(Client(server).ask("GET", "/healthz")[0] == 200, "and others are served meanwhile")
    for link in links:
        link.close()
    time.sleep(1)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop")
        owner = Client(server)
        wish = {"token": server.setup_token(), "email": "owner@example.com", "password": PASSWORD}
        owner.csrf = json.loads(owner.ask("POST", "/api/v1/setup", wish)[2])["csrf"]
        crowd(server)
        groups = drips(server, owner)
        slowest, begun = 0.0, time.monotonic()
        while time.monotonic() - begun < BODY + 5:
            for group in groups.values():
                for drip in group:
                    drip.drip()
            asked = time.monotonic()
            fine = owner.ask("GET", "/api/v1/me")[0] == 200
            slowest = max(slowest, time.monotonic() - asked if fine else 99)
            time.sleep(1)
        check(lived(groups["lines"] + groups["headers"], HEADERS - 2, HEADERS + 4),
              "headers that trickle are cut when their time is over",
              [d.lived for d in groups["lines"] + groups["headers"]])
        check(lived(groups["bodies"], BODY - 2, BODY + 4), "so are bodies",
              [d.lived for d in groups["bodies"]])
        check(lived(groups["silent"], HEADERS - 3, HEADERS + 5), "and who says nothing",
              [d.lived for d in groups["silent"]])
        check(lived(groups["idle"], HEADERS - 3, HEADERS + 5) and
              all(b" 200 " in d.got for d in groups["idle"]), "or nothing more",
              [(d.lived, d.got[:20]) for d in groups["idle"]])
        check(groups["uploads"][0].lived is None, "an upload may take its time",
              (groups["uploads"][0].lived, groups["uploads"][0].got[:200]))
        check(slowest < 2, "and nobody else waits for any of them", slowest)
        groups["uploads"][0].link.close()
        begun = time.monotonic()
        check(server.end() == 0 and time.monotonic() - begun < 15, "the server ends in time",
              time.monotonic() - begun)


main()
end()
