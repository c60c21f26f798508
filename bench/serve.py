#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How fast the server gives the pages their data, to many at once (docs/bench.md).

    bench/serve.py TIDEMARK WORKSPACE [--users 20] [--seconds 10] [--orders FILE]

Serves WORKSPACE (which gets a user), and lets USERS open page after page as a browser would: all
requests of a page over at most six connections, each user from an address of its own. Four times:
cold (the cache empty, the records resolved), warm (the same pages with their defaults), other date
ranges for everybody, and the server's own floor (/healthz). Prints a table in Markdown; bounded in
time and in requests.
"""
import argparse
import asyncio
import datetime
import json
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "web"))
sys.argv, given = sys.argv[:2], sys.argv[1:]
from client import PASSWORD, Client, Server  # noqa: E402

CONNECTIONS = 6
REQUESTS_MAX = 200_000


class Browser:
    """One user's connections; they stay open."""

    def __init__(self, port: int, address: str, cookie: str) -> None:
        self.port, self.address = port, address
        self.head = (f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n"
                     "Accept-Encoding: gzip\r\n\r\n").encode()
        self.free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.gate = asyncio.Semaphore(CONNECTIONS)
        self.took: list[float] = []
        self.failed: list[str] = []
        self.bytes = 0

    async def get(self, path: str) -> None:
        async with self.gate:
            begun = time.perf_counter()
            if self.free:
                reader, writer = self.free.pop()
            else:
                reader, writer = await asyncio.open_connection(
                    "127.0.0.1", self.port, local_addr=(self.address, 0), limit=1 << 22)
            writer.write(b"GET " + path.encode() + self.head)
            headers = (await reader.readuntil(b"\r\n\r\n")).lower()
            n = int(headers.split(b"content-length: ")[1].split(b"\r\n")[0])
            body = await reader.readexactly(n)
            self.took.append(time.perf_counter() - begun)
            self.bytes += n
            if b" 200 " not in headers.split(b"\r\n")[0]:
                self.failed.append(f"{path}: {body[:200]!r}")
            self.free.append((reader, writer))

    async def open(self, paths: list[str]) -> float:
        """A page: all that it asks for; seconds until it has everything."""
        begun = time.perf_counter()
        await asyncio.gather(*(self.get(path) for path in paths))
        return time.perf_counter() - begun

    def close(self) -> None:
        for _, writer in self.free:
            writer.close()


def view(name: str, **params: object) -> str:
    query = "&".join(f"{k}={v}" for k, v in params.items() if v is not None)
    return f"/api/v1/views/{name}" + ("?" + query if query else "")


def pages(first: str | None, last: str | None, person: str, goal: int) -> dict[str, list[str]]:
    """What each page asks for; None: the views' own defaults."""
    span = {"from": first, "to": last}
    before = dict(span)
    if first:
        day = datetime.date.fromisoformat
        length = day(last) - day(first) + datetime.timedelta(days=1)
        before = {"from": str(day(first) - length), "to": str(day(last) - length)}
    return {
        "mark": ["/api/v1/assessment", "/api/v1/history", "/api/v1/jobs"],
        "gaps": ["/api/v1/assessment", "/api/v1/roadmap", "/api/v1/plan"],
        "start": ["/api/v1/imports", "/api/v1/jobs", "/api/v1/questions"],
        "settings": ["/api/v1/settings", "/api/v1/users", "/api/v1/keys"],
        "revenue": [view("revenue", by="total", **span), view("revenue", by="total", **before),
                    view("revenue", by="month", **span), view("revenue", by="month", **before),
                    view("revenue", by="channel", **span), view("revenue", by="channel", **before),
                    view("touch", **span), view("spend", by="total", **span),
                    view("spend", by="total", **before), view("spend", by="month", **span),
                    view("spend_parts", by="channel", **span)],
        "products": [view("products", **span), view("products", **before)],
        "customers": [view("rfm"), view("rfm_groups"), view("cohorts", **span),
                      view("second_purchase", **span), view("customers", limit=25)],
        "person": [view("person", person=person), view("person_links", person=person)],
        "goals": [view("forecast", goal=goal), view("alerts"),
                  view("revenue", by="day", **span)],
    }


class Shop:
    """What a workspace has that pages ask for."""

    def __init__(self, client: Client) -> None:
        told = json.loads(client.ask("GET", "/api/v1/views/customers?limit=500")[2])
        self.people = [row["person"] for row in told["rows"]] or ["1"]
        self.last = datetime.date.fromisoformat(told["as_of"][:10])

    def defaults(self, _: random.Random) -> dict[str, list[str]]:
        return pages(None, None, self.people[0], 0)

    def anything(self, dice: random.Random) -> dict[str, list[str]]:
        last = self.last - datetime.timedelta(days=dice.randrange(200))
        first = last - datetime.timedelta(days=dice.randrange(6, 365))
        return pages(str(first), str(last), dice.choice(self.people), dice.randrange(1, 10**9))


async def user(browser: Browser, ask, seed: int, until: float, think: float, only: str | None,
               out: dict[str, list[float]]) -> None:
    dice = random.Random(seed)
    await asyncio.sleep(dice.random() * think)
    while time.perf_counter() < until and len(browser.took) < REQUESTS_MAX:
        asked = ask(dice)
        page = only or dice.choice(sorted(asked))
        out.setdefault(page, []).append(await browser.open(asked[page]))
        if think:
            await asyncio.sleep(dice.uniform(0, 2 * think))


async def crowd(port: int, cookie: str, users: int, ask, seconds: float, think: float,
                only: str | None = None) -> tuple[dict[str, list[float]], list[float], list[str]]:
    browsers = [Browser(port, f"127.0.1.{i + 1}", cookie) for i in range(users)]
    out: dict[str, list[float]] = {}
    until = time.perf_counter() + seconds
    await asyncio.gather(*(user(b, ask, i, until, think, only, out)
                           for i, b in enumerate(browsers)))
    for browser in browsers:
        browser.close()
    return (out, [t for b in browsers for t in b.took], [f for b in browsers for f in b.failed])


def p(values: list[float], share: float) -> float:
    """A quantile, in milliseconds."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1e3 if ordered else float("nan")


def show(name: str, got: tuple, floor: float) -> float:
    out, took, failed = got
    every = [t for page in out.values() for t in page]
    worst = max(out, key=lambda page: p(out[page], .95))
    print(f"| {name} | {len(every)} | {p(every, .5):.0f} | {p(every, .95):.0f} | {p(took, .95):.0f} "
          f"| {p(took, .5) / floor:.1f} | {worst} {p(out[worst], .95):.0f} |", flush=True)
    for fault in failed[:3]:
        print(f"  failed: {fault}", file=sys.stderr)
    if failed:
        sys.exit(f"{len(failed)} requests failed")
    return p(every, .95)


def enter(server: Server, folder: pathlib.Path) -> Client:
    client = Client(server)
    if (folder / ".bench").exists():
        client.enter("bench@example.com")
        return client
    wish = {"token": server.setup_token(), "email": "bench@example.com", "password": PASSWORD}
    client.csrf = json.loads(client.ask("POST", "/api/v1/setup", wish)[2])["csrf"]
    (folder / ".bench").touch()
    return client


def idle(client: Client) -> None:
    """Waits until nothing is being done."""
    for _ in range(3000):
        jobs = json.loads(client.ask("GET", "/api/v1/jobs?limit=20")[2])["jobs"]
        if all(job["state"] not in ("waiting", "running") for job in jobs):
            return
        time.sleep(.1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("tidemark")
    parser.add_argument("workspace", type=pathlib.Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--think", type=float, default=2, help="mean seconds between pages")
    parser.add_argument("--page", help="this page only, in every run")
    wish = parser.parse_args(given)
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:2]))
    server = Server(str(wish.workspace))
    client = enter(server, wish.workspace)
    try:
        idle(client)
        if client.ask("GET", "/api/v1/assessment")[0] == 404:
            client.ask("POST", "/api/v1/assessments", {})
            time.sleep(1)
            idle(client)
        shop = Shop(client)

        def go(ask, think: float, only: str | None = wish.page) -> tuple:
            return asyncio.run(crowd(server.port, client.cookie, wish.users, ask, wish.seconds,
                                     think, only))

        floor_got = go(lambda _: {"floor": ["/healthz"]}, 0, "floor")
        floor = p(floor_got[1], .5)
        print(f"{wish.users} users, {wish.seconds:.0f} s a run, {wish.think:.0f} s of reading on "
              f"average; load of the machine {os.getloadavg()[0]:.1f}\n")
        print("| run | pages | median ms | p95 ms | request p95 ms | request median / floor "
              "| slowest page, p95 ms |\n|---|---|---|---|---|---|---|")
        show("/healthz alone, no reading", floor_got, floor)
        show("the same pages, kept", go(shop.defaults, wish.think), floor)
        show("the same pages, kept, no reading", go(shop.defaults, 0), floor)
        show("date ranges of one's own, nothing kept", go(shop.anything, wish.think), floor)
        show("the same, no reading", go(shop.anything, 0), floor)
    finally:
        server.end()


main()
