#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How soon it is known whose a live message is, and what those who watch cost: known.py BUILD [IDENTIFIERS
[EVENTS]].

A shop of IDENTIFIERS (three a person: log-in, address, device) is sent live and the server started again,
which takes them all anew from the engine. Then events of people known and new come one by one, then in
masses; the server's own figures tell how long each took. Last, how many events and calls are acknowledged
with nobody, 20 and 200 watching. Senders and watchers are on the same processors. OLD=BUILD measures the
intake of an older build beside it, in turns.
"""
import http.client
import json
import os
import pathlib
import random
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

build = pathlib.Path(sys.argv[1]).resolve()
identifiers = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
events = int(sys.argv[3]) if len(sys.argv) > 3 else 100_000
PEOPLE, BATCH, LINKS, PER_ADDRESS, ROUNDS = identifiers // 3, 1500, 4, 32, 3


def processor(pid: int) -> float:
    """Seconds that a process has used."""
    words = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    def __init__(self, of: pathlib.Path, shop: str):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [of / "src/cmd/tidemark", "serve", "--lang", "en", "--workspace", shop, "--listen",
             f"127.0.0.1:{self.port}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.token, self.cookie = "", ""
        ready = False
        for line in self.process.stdout:
            found = re.search(r"/#/setup/(\w+)", line)
            self.token = found[1] if found else self.token
            ready = ready or "is ready" in line
            if ready and (found or "owner" in os.listdir(os.path.dirname(shop))):
                break
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def ask(self, method: str, path: str, body: object = None) -> tuple[bytes, str]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        link.request(method, path, None if body is None else json.dumps(body),
                     {"Content-Type": "application/json", "Cookie": self.cookie})
        answer = link.getresponse()
        return answer.read(), answer.getheader("Set-Cookie") or ""

    def enter(self, folder: str) -> None:
        who = {"email": "owner@example.com", "password": "seven quiet rivers"}
        path = "setup" if self.token else "login"
        self.cookie = self.ask("POST", f"/api/v1/{path}", {**who, "token": self.token})[1].split(";")[0]
        pathlib.Path(folder, "owner").touch()

    def metrics(self) -> dict[str, float]:
        text = self.ask("GET", "/metrics")[0].decode()
        rows = (line.rsplit(" ", 1) for line in text.splitlines() if line[0] != "#")
        return {name.replace("tidemark_live_people_", ""): float(value) for name, value in rows
                if "build_info" not in name}

    def resident(self) -> int:
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) // 1024

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=300)


def send_all(server: Server, bodies: list[bytes]) -> float:
    begun, rest = time.monotonic(), list(reversed(bodies))

    def work() -> None:
        link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        while rest:
            try:
                body = rest.pop()
            except IndexError:
                return
            link.request("POST", "/v1/batch", body)
            answer = link.getresponse()
            answer.read()
            if answer.status != 200:
                sys.exit(f"a batch: {answer.status}")

    threads = [threading.Thread(target=work) for _ in range(LINKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - begun


def batches(key: str, items: list[dict]) -> list[bytes]:
    return [json.dumps({"writeKey": key, "batch": items[i:i + BATCH]}).encode()
            for i in range(0, len(items), BATCH)]


def person(n: int) -> dict:
    return {"type": "identify", "userId": f"u{n}", "anonymousId": f"device-{n}",
            "traits": {"email": f"p{n}@example.com"}}


def drawn(n: int) -> dict:
    """Half of known people, a fifth of known devices, and those that change something."""
    who, way = random.randrange(PEOPLE), n % 10
    if way < 5:
        return {"type": "track", "event": "Product Viewed", "userId": f"u{who}"}
    if way < 7:
        return {"type": "page", "anonymousId": f"device-{who}"}
    if way == 7:
        return {"type": "identify", "userId": f"u{who}", "anonymousId": f"other-{n}-{os.getpid()}"}
    return person(PEOPLE + n) if way == 8 else {"type": "page", "anonymousId": f"nobody-{n}"}


def settle(server: Server) -> None:
    while True:
        now = server.metrics()
        if now["ready"] == 1 and now["behind"] == 0:
            return
        time.sleep(0.2)


def tell(what: str, now: dict[str, float]) -> None:
    for of in "processor", "known":
        p50, p99, most = (now[f'seconds{{of="{of}",share="{share}"}}'] * 1000 for share in ("0.5", "0.99", "1"))
        print(f"{what}: {of} p50 {p50:.3f} p99 {p99:.3f} longest {most:.3f} ms", flush=True)


class Watchers:
    """Read what they are told, each on a connection of its own, 32 from an address."""

    def __init__(self, server: Server, n: int):
        self.links, self.stop, self.bytes = [], False, 0
        for i in range(n):
            link = socket.create_connection(("127.0.0.1", server.port),
                                            source_address=(f"127.0.6.{1 + i // PER_ADDRESS}", 0))
            link.sendall(f"GET /api/v1/live/events?people=1 HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                         f"Cookie: {server.cookie}\r\n\r\n".encode())
            self.links.append(link)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self) -> None:
        look = select.poll()
        by_number = {link.fileno(): link for link in self.links}
        for number in by_number:
            look.register(number, select.POLLIN)
        while not self.stop:
            for number, _ in look.poll(200):
                self.bytes += len(by_number[number].recv(1 << 18))

    def end(self) -> None:
        self.stop = True
        self.thread.join()
        for link in self.links:
            link.close()


def load(of: pathlib.Path, server: Server, kind: str, key: str, n: int, links: int, first: int) -> tuple[float, float]:
    before = processor(server.process.pid)
    out = subprocess.run([of / "bench/live-load", str(server.port), kind, key, str(n), str(links), str(first)],
                         capture_output=True, text=True, check=True).stdout.split()
    told = dict(zip(out[::2], map(float, out[1::2])))
    return n / told["seconds"], (processor(server.process.pid) - before) / n * 1e6


def intake(of: pathlib.Path, name: str, server: Server, key: str, watching: int, first: int) -> None:
    watchers = Watchers(server, watching)
    time.sleep(1)
    best = {kind: max((load(build, server, kind, key, n, links, first + i * n) for i in range(ROUNDS)))
            for kind, n, links in (("batch", events, LINKS), ("track", events // 10, 100 if watching < 30 else 50))}
    watchers.end()
    (many, used), (calls, used_call) = best["batch"], best["track"]
    print(f"{name}, {watching} watch ({watchers.bytes / 1e6:.1f} MB told): batches {many:.0f} events/s, {used:.1f} us "
          f"of processor each; {calls:.0f} calls/s, {used_call:.0f} us each; load {os.getloadavg()[0]:.1f}", flush=True)


def shop_in(folder: str, of: pathlib.Path) -> tuple[str, str]:
    shop = folder + "/shop"
    subprocess.run([of / "src/cmd/tidemark", "init", shop, "--currency", "EUR"], check=True, stdout=subprocess.DEVNULL)
    key = re.search(r"\b[a-z0-9]{32}\b", subprocess.run(
        [of / "src/cmd/tidemark", "sources", "add", "--workspace", shop, "--name", "Load"], check=True,
        capture_output=True, text=True).stdout)[0]
    return shop, key


def known(folder: str) -> None:
    shop, key = shop_in(folder, build)
    server = Server(build, shop)
    server.enter(folder)
    took = send_all(server, batches(key, [person(n) for n in range(PEOPLE)]))
    print(f"{PEOPLE} people sent in {took:.0f} s", flush=True)
    settle(server)
    server.end()
    server = Server(build, shop)
    settle(server)
    server.enter(folder)
    now = server.metrics()
    known_now = json.loads(server.ask("GET", "/api/v1/sources")[0])["people"]
    count, size = known_now["identifiers"], known_now["bytes"]
    print(f"{count} identifiers taken from the engine in {now['fill_seconds']:.1f} s, {size / 2**20:.0f} MiB, {size / count:.0f} bytes each; "
          f"server {server.resident()} MiB; load {os.getloadavg()[0]:.1f}", flush=True)
    for n in range(300):
        server.ask("POST", "/v1/batch", {"writeKey": key, "batch": [drawn(10_000_000 + n)]})
        time.sleep(0.01)
    settle(server)
    tell("one by one", server.metrics())
    took = send_all(server, batches(key, [drawn(n) for n in range(events)]))
    begun = time.monotonic()
    behind = server.metrics()["behind"]
    settle(server)
    print(f"{events} in masses, {events / took:.0f}/s; {behind:.0f} behind at the end, {time.monotonic() - begun:.1f} s later none; "
          f"load {os.getloadavg()[0]:.1f}")
    tell("in masses", server.metrics())
    server.end()


def watched(folder: str) -> None:
    builds = {"this build": build, **({"older build": pathlib.Path(os.environ["OLD"]).resolve()} if "OLD" in os.environ else {})}
    for round_, watching in enumerate((0, 20, 200)):
        for name, of in builds.items():
            if watching > 20 and name != "this build":
                continue
            with tempfile.TemporaryDirectory(dir=folder) as own:
                shop, key = shop_in(own, of)
                server = Server(of, shop)
                server.enter(own)
                intake(of, name, server, key, watching, 0)
                server.end()


with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as top:
    os.mkdir(top + "/known")
    known(top + "/known")
    watched(top)
