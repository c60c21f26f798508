#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many connections an address may have: a server in front as many as there are, who comes through
it and everybody else 64. proxies.py TIDEMARK. Prints TAP."""
import socket
import tempfile
import time

from client import Client, Server, check, end

MANY, PER_ADDRESS = 100, 64
PROXY, STRANGER = "127.0.9.1", "127.0.9.2"


class Link:
    """A connection that is kept open."""

    def __init__(self, server: Server, address: str) -> None:
        self.server, self.got = server, b""
        self.link = socket.create_connection(("127.0.0.1", server.port), timeout=30,
                                             source_address=(address, 0))

    def begin(self, client: str, length: int = 2) -> None:
        """A request whose body is still to come."""
        said = f"X-Forwarded-For: {client}\r\n" if client else ""
        try:
            self.link.sendall((f"POST /v1/track HTTP/1.1\r\nHost: 127.0.0.1:{self.server.port}\r\n{said}"
                               f"Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n").encode())
        except OSError:
            pass

    def status(self) -> int:
        """Of the first answer: 100 where the server waits for the body; 0: it was closed."""
        try:
            while b"\r\n" not in self.got:
                more = self.link.recv(4096)
                if not more:
                    return 0
                self.got += more
        except ConnectionError:
            return 0
        return int(self.got.split(b" ", 2)[1])


def ask(server: Server, address: str, n: int, client=lambda i: "") -> list[int]:
    links = [Link(server, address) for _ in range(n)]
    for i, link in enumerate(links):
        link.begin(client(i))
    told = [link.status() for link in links]
    for link in links:
        link.link.close()
    return told


def count(told: list[int]) -> dict[int, int]:
    return {status: told.count(status) for status in set(told)}


def settled(server: Server) -> None:
    """Until nobody's request is under way but the one that asks."""
    for _ in range(400):
        if b"tidemark_requests_active 1\n" in Client(server).ask("GET", "/metrics")[2]:
            return
        time.sleep(0.05)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop", options=("--trusted-proxy", PROXY))
        told = ask(server, PROXY, MANY, lambda i: f"198.51.100.{i}")
        check(count(told) == {100: MANY}, f"a server in front has {MANY} connections for {MANY} clients",
              count(told))
        settled(server)
        told = ask(server, PROXY, MANY)
        check(count(told) == {100: MANY}, "and for nobody in particular", count(told))
        settled(server)
        told = ask(server, STRANGER, MANY, lambda i: f"198.51.100.{i}")
        check(count(told) == {100: PER_ADDRESS, 0: MANY - PER_ADDRESS},
              f"everybody else has {PER_ADDRESS}, whatever they say of themselves", count(told))
        settled(server)
        told = ask(server, PROXY, MANY, lambda i: "198.51.100.7")
        check(count(told) == {100: PER_ADDRESS, 429: MANY - PER_ADDRESS},
              f"one client behind it has {PER_ADDRESS} requests under way", count(told))
        settled(server)
        told = ask(server, PROXY, 1, lambda i: "198.51.100.7")
        check(told == [100], "and may go on when they have ended", told)
        check(server.end() == 0, "the server ends in order")
    end()


main()
