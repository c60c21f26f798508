#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Ten ways in which a network fails, between the sender and its mail server, its service of text messages and
the systems that it tells: nothing is lost or sent twice, and nothing stays in anybody's hands for longer than its
timeout and five seconds. All at the same time, each with a shop of its own.

    toxics.py SENDING_TOOL
"""
import asyncio
import collections
import http.server
import json
import os
import pathlib
import random
import re
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

from shop import settings
from sink import Sink
from tap import Tap

tap = Tap()
tool = os.path.abspath(sys.argv[1])
os.environ["TOXICS_TOKEN"] = "s3cret"
random.seed(3)
N = 24
TOXICS = ["latency", "down", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data"]
# Of e-mail alone: nothing comes back once the line has gone that ends a message; the sender is told to end, or dies.
SILENT = ["last_answer", "last_answer_killed"]
TIMEOUTS = {"email": 60, "sms": 30, "webhook": 30}  # of a command, of a whole request
SMS = 'sms: {base: "http://127.0.0.1:%d", account: AC1, password_env: TOXICS_TOKEN, from: "+15551230000"}'
SHORT = """name: short
subject: "-"
text: "Hello, your parcel is here. Reply STOP to end."
"""


class Service(http.server.ThreadingHTTPServer):
    """Takes every text message and webhook, and counts them by number and webhook-id."""
    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.came: collections.Counter = collections.Counter()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_) -> None:
        pass  # connections that break off are what this is about


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        pass

    def do_POST(self) -> None:
        wanted = int(self.headers["Content-Length"])
        body = self.rfile.read(wanted)
        if len(body) < wanted:
            self.close_connection = True
            return
        if self.path.startswith("/2010-04-01/"):
            who = urllib.parse.parse_qs(body.decode())["To"][0]
        else:
            who = self.path + " " + self.headers["webhook-id"]
        self.server.came[who] += 1
        data = json.dumps({"sid": "SM" + who[-9:], "status": "queued"}).encode()
        self.send_response(201)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class Proxy:
    """One port in front of another, with a toxic in both directions until it is healed."""

    def __init__(self, loop: asyncio.AbstractEventLoop, to: int, toxic: str, limit: int):
        self.loop, self.to, self.toxic, self.limit, self.port = loop, to, toxic, limit, 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        if toxic != "down":
            self.listen()

    def listen(self) -> None:
        async def start():
            self.server = await asyncio.start_server(self.serve, "127.0.0.1", self.port, limit=1 << 20)
        asyncio.run_coroutine_threadsafe(start(), self.loop).result(30)

    def heal(self) -> None:
        was, self.toxic = self.toxic, ""
        if was == "down":
            self.listen()

    async def pump(self, reader, writer, seen: list[int], back: bool, tail: bytearray) -> None:
        try:
            while data := await reader.read(65536):
                toxic = self.toxic
                seen[0] += len(data)
                if toxic in SILENT and not back:
                    tail[:] = (tail + data)[-5:]
                elif toxic in SILENT and tail == b"\r\n.\r\n":
                    await asyncio.sleep(3600)
                if toxic == "latency":
                    await asyncio.sleep(0.2 + random.random() * 0.2)
                elif toxic == "bandwidth":
                    await asyncio.sleep(len(data) / 16384)
                elif toxic == "timeout":
                    await asyncio.sleep(3)
                    return
                elif toxic == "reset_peer" and seen[0] > 4000 * random.random():
                    writer.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    writer.transport.abort()
                    return
                elif toxic == "slicer":
                    for at in range(0, len(data), 40):
                        writer.write(data[at:at + 40])
                        await writer.drain()
                        await asyncio.sleep(0.001)
                    continue
                elif toxic == "limit_data" and seen[0] > self.limit:
                    writer.write(data[:len(data) // 2])
                    return
                writer.write(data)
                await writer.drain()
            if self.toxic == "slow_close":
                await asyncio.sleep(2)
        except (ConnectionError, OSError):
            pass

    async def serve(self, reader, writer) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.close()
            return
        seen, tail = [0], bytearray()
        tasks = [asyncio.create_task(self.pump(reader, back, seen, False, tail)),
                 asyncio.create_task(self.pump(there, writer, seen, True, tail))]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for one in (writer, back):
            one.close()


class Shop:
    def __init__(self, top: str, channel: str, toxic: str, number: int, proxy: Proxy):
        self.channel, self.toxic, self.number, self.proxy = channel, toxic, number, proxy
        self.folder = str(pathlib.Path(top, f"{channel}-{toxic}"))
        os.mkdir(self.folder)
        pathlib.Path(self.folder, "tidemark.yaml").write_text(settings(
            proxy.port, "private_network: yes", SMS % proxy.port, smtp=", connections: 4",
            hours="email: always, sms: always"))
        self.since: dict[int, float] = {}
        self.longest = 0.0
        subprocess.run([tool, "keep", self.folder, "short"], input=SHORT, text=True, check=True)
        subprocess.run([tool, "plan", self.folder], input="".join(map(self.row, range(N))), text=True, check=True)
        self.start()

    def address(self, i: int) -> str:
        if self.channel == "email":
            return f"ok.{self.number}-{i}@d{i % 6}.example"
        if self.channel == "sms":
            return f"+1555{self.number:03d}{i:04d}"
        return f"http://127.0.0.1:{self.proxy.port}/{self.number}-{i}"

    def row(self, i: int) -> str:
        data = {"email": {"message": "thanks-1", "order": {"number": "1", "url": "https://shop.example"}},
                "sms": {"message": "short"}, "webhook": {"event": "test"}}[self.channel]
        # A system is told of one person here: each in a campaign of its own.
        campaign = 1 + i if self.channel == "webhook" else 1
        return f"{self.address(i)}\t{campaign}\t{'t' if self.channel == 'webhook' else 'm'}\t{json.dumps(data)}\n"

    def start(self) -> None:
        self.process = subprocess.Popen([tool, "run", self.folder, "https://links.shop.example"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def stop(self) -> float:
        begun = time.monotonic()
        self.process.send_signal(signal.SIGKILL if self.toxic == "last_answer_killed" else signal.SIGTERM)
        self.process.wait(timeout=60)
        return time.monotonic() - begun

    def ask(self, sql: str) -> list[tuple]:
        db = sqlite3.connect(f"{self.folder}/outbox.db", timeout=60)
        try:
            with db:
                return db.execute(sql).fetchall()
        finally:
            db.close()

    def look(self) -> None:
        """How long messages are in the channel's hands."""
        now = time.monotonic()
        held = {claim for claim, in self.ask("SELECT id * 1000 + claim FROM message WHERE state = 2")}
        self.since = {one: self.since.get(one, now) for one in held}
        self.longest = max([self.longest, *(now - began for began in self.since.values())])

    def ripen(self) -> None:
        self.ask("UPDATE message SET next_us = 0 WHERE state = 0")

    def is_done(self) -> bool:
        return not self.ask("SELECT 1 FROM message WHERE state < 3 LIMIT 1")


def came(shop: Shop, sink: Sink, service: Service) -> collections.Counter:
    """How often each of the shop's recipients got theirs; webhooks by id, so that again is not twice."""
    n: collections.Counter = collections.Counter()
    if shop.channel == "email":
        for found, times in list(sink.taken.items()):
            to = re.search(rb"^To: .*?([^ <>]+@[^ <>\r\n]+)", sink.texts[found], re.M).group(1).decode()
            if to.startswith(f"ok.{shop.number}-"):
                n[to] += times
    for who, times in list(service.came.items()):
        if shop.channel == "sms" and who.startswith(f"+1555{shop.number:03d}"):
            n[who] += times
        if shop.channel == "webhook" and who.startswith(f"/{shop.number}-"):
            n[f"http://127.0.0.1:{shop.proxy.port}" + who.split(" ")[0]] += 1
    return n


def judge(shop: Shop, sink: Sink, service: Service) -> None:
    got = came(shop, sink, service)
    states = dict(shop.ask("SELECT address, state FROM message"))
    counts = collections.Counter(states.values())
    twice = [a for a, n in got.items() if n > 1]
    lost = [a for a, s in states.items() if s == 3 and not got[a]] + [a for a, s in states.items() if s in (4, 6)]
    tap.check(not twice and not lost and len(states) == N and shop.is_done(),
              f"{shop.channel} through {shop.toxic}: {counts[3]} accepted, {counts[5]} uncertain, none lost or twice",
              f"twice {twice} lost {lost} {counts}")
    if shop.toxic in SILENT:
        uncertain = [a for a, s in states.items() if s == 5]
        tap.check(0 < len(uncertain) <= 4 and all(got[a] == 1 for a in uncertain),
                  f"{shop.channel} through {shop.toxic}: what the server had then is uncertain",
                  f"{uncertain} {counts}")
    tap.check(shop.longest <= TIMEOUTS[shop.channel] + 5,
              f"{shop.channel} through {shop.toxic}: in its hands for {shop.longest:.0f} s at most")


def until(wanted, seconds: float, look) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if wanted():
            return True
        look()
        time.sleep(0.5)
    return False


with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as top:
    mail, texts = Sink(), Service()
    events = asyncio.new_event_loop()
    threading.Thread(target=events.run_forever, daemon=True).start()
    shops = []
    for way in ("email", "sms", "webhook"):
        for toxic in TOXICS + (SILENT if way == "email" else []):
            port = mail.port if way == "email" else texts.server_address[1]
            shops.append(Shop(top, way, toxic, len(shops), Proxy(events, port, toxic, 9000 if way == "email" else 900)))

    def watch() -> None:
        for one in shops:
            one.look()
    until(lambda: False, 20, watch)  # the toxics work for so long
    for one in shops:
        one.proxy.heal()
    slow = [(s.channel, s.toxic, t) for s in shops if (t := s.stop()) > 10]
    tap.check(not slow, "each sender ends when it is told to, whatever the network does", str(slow))
    for one in shops:
        one.since = {}
        one.ripen()
        one.start()

    def push() -> None:
        for one in shops:
            one.look()
            one.ripen()
    until(lambda: all(s.is_done() for s in shops), 240, push)
    for one in shops:
        judge(one, mail, texts)
        one.stop()
    mail.stop()
tap.done()
