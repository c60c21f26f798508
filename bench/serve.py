#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How fast the server gives the pages their data, to many at once (docs/bench.md).

    bench/serve.py TIDEMARK WORKSPACE [--users 20] [--seconds 8] [--views]

Serves WORKSPACE (which gets a user), and lets USERS open page after page as a browser would: all
requests of a page over at most six connections, each user from an address of its own
(serve_load.c). The server's own floor (/healthz), the first second after a start, the same pages
with their defaults, other date ranges, people and goals for everybody. With --views each view is
asked alone as well. Prints tables in Markdown; bounded in time and in requests.
"""
import argparse
import datetime
import json
import os
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "web"))
sys.argv, given = sys.argv[:2], sys.argv[1:]
from client import PASSWORD, Client, Server  # noqa: E402

LINES = 20_000  # of pages that nobody asked for before
Page = tuple[str, list[str]]


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
        self.names = [row["name"] or row["email"] or "an" for row in told["rows"]] or ["an"]
        self.last = datetime.date.fromisoformat(told["as_of"][:10])
        self.dice = random.Random(1)

    def span(self) -> tuple[str, str]:
        last = self.last - datetime.timedelta(days=self.dice.randrange(200))
        return str(last - datetime.timedelta(days=self.dice.randrange(6, 365))), str(last)

    def defaults(self) -> list[Page]:
        return list(pages(None, None, self.people[0], 0).items())

    def anything(self) -> list[Page]:
        out: list[Page] = []
        while len(out) < LINES:
            first, last = self.span()
            out += pages(first, last, self.dice.choice(self.people),
                         self.dice.randrange(1, 10**9)).items()
        self.dice.shuffle(out)
        return out

    def views(self) -> dict[str, list[Page]]:
        """Each view alone, with parameters of one's own; the first line stands for the kept one."""
        dice, out = self.dice, {}
        makers = {
            **{name: (lambda name=name, by=by: view(name, by=by, **self.dates())) for name, by in
               (("revenue", "total"), ("spend", "month"), ("spend_parts", "campaign"))},
            **{name: (lambda name=name: view(name, **self.dates()))
               for name in ("products", "touch", "cohorts", "second_purchase")},
            **{name: (lambda name=name: view(name, limit=dice.randrange(25, 5000)))
               for name in ("rfm", "rfm_groups")},
            "customers": lambda: view("customers", limit=dice.randrange(20, 30),
                                      sort=dice.choice(["revenue", "orders", "recent", "first"]),
                                      group=dice.choice(["all", "loyal", "lost", "champions"])),
            "search": lambda: view("search", limit=dice.randrange(20, 5000),
                                   q=dice.choice(self.names)[:dice.randrange(3, 9)]
                                   .replace(" ", "%20")),
            **{name: (lambda name=name: view(name, person=dice.choice(self.people),
                                             limit=dice.randrange(100, 300)))
               for name in ("person", "person_links")},
            "forecast": lambda: view("forecast", to=self.span()[1], goal=dice.randrange(10**9)),
            "alerts": lambda: view("alerts", to=self.span()[1], weeks=dice.randrange(26, 156)),
        }
        for name, make in makers.items():
            out[name] = [(name, [make()]) for _ in range(LINES // 4)]
        return out

    def dates(self) -> dict[str, str]:
        first, last = self.span()
        return {"from": first, "to": last}


class Load:
    """The users."""

    def __init__(self, program: pathlib.Path, server: Server, cookie: str, users: int) -> None:
        self.program, self.server, self.cookie, self.users = program, server, cookie, users

    def run(self, asked: list[Page], seconds: float, think: float = 0,
            once: bool = False) -> tuple[dict[str, list[float]], list[float]]:
        """Milliseconds of each page by its name, and of each answer."""
        lines = "".join("\t".join([name, *paths]) + "\n" for name, paths in asked)
        told = subprocess.run(
            [self.program, str(self.server.port), str(self.users), str(seconds),
             str(int(think * 1000)), self.cookie, "once" if once else "again"],
            input=lines, capture_output=True, text=True, check=False)
        if told.returncode:
            sys.exit(told.stderr)
        out: dict[str, list[float]] = {}
        took: list[float] = []
        for line in told.stdout.splitlines():
            words = line.split()
            if words[0] == "ask":
                took.append(int(words[1]) / 1e3)
            else:
                out.setdefault(words[1], []).append(int(words[2]) / 1e3)
        return out, took


def p(values: list[float], share: float) -> float:
    """A quantile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def show(name: str, got: tuple[dict[str, list[float]], list[float]], floor: float) -> None:
    out, took = got
    every = [t for page in out.values() for t in page]
    worst = max(out, key=lambda page: p(out[page], .95))
    print(f"| {name} | {len(every)} | {p(every, .5):.0f} | {p(every, .95):.0f} | {p(took, .95):.0f} "
          f"| {p(took, .5) / floor:.1f} | {worst} {p(out[worst], .95):.0f} |", flush=True)


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


def show_pages(runs: dict[str, tuple[dict[str, list[float]], list[float]]]) -> None:
    """The 95th percentile of each page in each run."""
    print("\n| page, p95 ms | " + " | ".join(runs) + " |\n|---|" + "---|" * len(runs))
    for page in next(iter(runs.values()))[0]:
        print(f"| {page} | " + " | ".join(f"{p(out.get(page, []), .95):.0f}"
                                         for out, _ in runs.values()) + " |")


def show_views(load: Load, shop: Shop, seconds: float) -> None:
    print("\n| view alone | kept: p95 ms | answers a second | of one's own: p95 ms "
          "| answers a second |\n|---|---|---|---|---|")
    for name, asked in shop.views().items():
        kept = load.run(asked[:1], seconds)[1]
        own = load.run(asked[1:], seconds, once=True)[1]
        print(f"| {name} | {p(kept, .95):.0f} | {len(kept) / seconds:.0f} | {p(own, .95):.0f} "
              f"| {len(own) / seconds:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("tidemark", type=pathlib.Path)
    parser.add_argument("workspace", type=pathlib.Path)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--think", type=float, default=2, help="mean seconds between pages")
    parser.add_argument("--views", action="store_true", help="each view alone as well")
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
        server.end()
        server = Server(str(wish.workspace))  # the session is still good
        program = wish.tidemark.resolve().parents[2] / "bench" / "serve-load"
        load = Load(program, server, client.cookie, wish.users)
        first = load.run(shop.defaults(), 1)
        client.server = server
        idle(client)
        floor_got = load.run([("floor", ["/healthz"])], wish.seconds / 2)
        floor = p(floor_got[1], .5)
        print(f"{wish.users} users, {wish.seconds:.0f} s a run, {wish.think:.0f} s of reading on "
              f"average; load of the machine {os.getloadavg()[0]:.1f}\n")
        print("| run | pages | median ms | p95 ms | request p95 ms | request median / floor "
              "| slowest page, p95 ms |\n|---|---|---|---|---|---|---|")
        show("/healthz alone, no reading", floor_got, floor)
        show("the first second after a start", first, floor)
        runs = {
            "the same pages, kept": load.run(shop.defaults(), wish.seconds, wish.think),
            "kept, no reading": load.run(shop.defaults(), wish.seconds),
            "of one's own": load.run(shop.anything(), wish.seconds, wish.think, True),
            "of one's own, no reading": load.run(shop.anything(), wish.seconds, 0, True),
        }
        for name, got in runs.items():
            show(name, got, floor)
        show_pages({"first second": first, **runs})
        if wish.views:
            show_views(load, shop, wish.seconds / 4)
    finally:
        server.end()


main()
