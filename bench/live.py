#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many live events a second, beside the bare engine: live.py BUILD [EVENTS [CALLS]].

In one run: batches of EVENTS events over HTTP until all of them can be asked for in the engine, with
/healthz and a page asked beside them; CALLS `track` calls of one event each; and the same events as
JSONEachRow over HTTP into a table of the same columns in an engine without anything around it. Counts are
checked exactly, also after a SIGTERM in the middle. SHORT=1 measures little and checks the same.
"""
import hashlib
import http.client
import os
import pathlib
import re
import secrets
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

SHORT = os.environ.get("SHORT") is not None
build = pathlib.Path(sys.argv[1]).resolve()
events = int(sys.argv[2]) if len(sys.argv) > 2 else 30_000 if SHORT else 2_000_000
calls = int(sys.argv[3]) if len(sys.argv) > 3 else 2_000 if SHORT else 100_000
root = pathlib.Path(__file__).resolve().parent.parent
tidemark, load = build / "src/cmd/tidemark", build / "bench/live-load"
BATCH_LINKS, CALL_LINKS, ROW_LINKS = 4, 100, 2
BATCH_ROWS, LARGE_ROWS = 650, 20_000  # 480 KB of events; 9 MB of rows
wrong = 0


def check(ok: bool, what: str) -> None:
    global wrong
    wrong += not ok
    print(f"{'ok' if ok else 'NOT OK'} - {what}", flush=True)


def syncs(folder: str) -> float:
    """Milliseconds of one write and fdatasync, in the middle."""
    took = []
    with open(os.path.join(folder, "sync"), "wb", buffering=0) as file:
        for _ in range(200):
            file.write(b"x" * 4096)
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - begun)
    return sorted(took)[100] * 1000


def state(folder: str) -> str:
    return f"load {os.getloadavg()[0]:.1f}, a sync takes {syncs(folder):.2f} ms"


def processor(pid: object) -> float:
    """Seconds that a process has used."""
    words = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


class Server:
    def __init__(self, shop: str):
        self.shop = shop
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.log = open(shop + ".log", "a")
        self.process = subprocess.Popen(
            [tidemark, "serve", "--lang", "en", "--workspace", shop, "--listen",
             f"127.0.0.1:{self.port}"], stdout=subprocess.PIPE, stderr=self.log, text=True)
        for line in self.process.stdout:
            if "is ready" in line:
                break
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stored(self) -> int:
        """Messages that are in the raw tables: noted once they are."""
        with sqlite3.connect(f"file:{self.shop}/store.db?mode=ro", uri=True, timeout=10) as db:
            return db.execute("SELECT coalesce(sum(stored), 0) FROM import_file"
                              " WHERE format = 'live'").fetchone()[0]

    def wait_for(self, n: int, seconds: float) -> None:
        until = time.monotonic() + seconds
        while self.stored() < n and time.monotonic() < until:
            time.sleep(0.05)

    def pids(self) -> list[str]:
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True,
                                  text=True).stdout.split()
        return [str(self.process.pid), *children]

    def peak(self) -> tuple[int, int]:
        """MiB that it and its engine had at most."""
        found = []
        for pid in self.pids():
            text = pathlib.Path(f"/proc/{pid}/status").read_text()
            found.append(int(re.search(r"VmHWM:\s+(\d+)", text)[1]) // 1024)
        return found[0], sum(found[1:])

    def processor(self) -> tuple[float, float]:
        """Of it and of its engine."""
        used = [processor(pid) for pid in self.pids()]
        return used[0], sum(used[1:])

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=120)


def loading(port: int, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen([load, str(port), *map(str, arguments)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)


def told(process: subprocess.Popen) -> dict:
    out, err = process.communicate()
    if process.returncode:
        sys.exit(f"live-load: {err}")
    words = out.split()
    return {name: float(value) for name, value in zip(words[::2], words[1::2])}


class Beside(threading.Thread):
    """How long others wait meanwhile: twenty requests a second of each."""

    def __init__(self, port: int):
        super().__init__(daemon=True)
        self.port, self.over = port, False
        self.waits: dict[str, list[float]] = {"/healthz": [], "/": []}
        self.start()

    def run(self) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        while not self.over:
            for path, waits in self.waits.items():
                begun = time.perf_counter()
                link.request("GET", path)
                answer = link.getresponse()
                answer.read()
                waits.append((time.perf_counter() - begun) * 1000)
                check(answer.status == 200, path) if answer.status != 200 else None
            time.sleep(0.05)

    def end(self) -> str:
        self.over = True
        self.join()
        return ", ".join(f"{path} p50 {sorted(w)[len(w) // 2]:.1f} p99 "
                         f"{sorted(w)[len(w) - 1 - len(w) // 100]:.1f} ms"
                         for path, w in self.waits.items())


def tallies(shop: str) -> tuple[int, int, int]:
    with sqlite3.connect(f"file:{shop}/journal.db?mode=ro", uri=True, timeout=10) as db:
        return db.execute("SELECT coalesce(sum(stored), 0), coalesce(sum(repeated), 0),"
                          " coalesce(sum(refused), 0) FROM tally").fetchone()


def batches(server: Server, key: str, folder: str) -> float:
    print(f"-- {events} events in batches over {BATCH_LINKS} connections; {state(folder)}")
    beside = Beside(server.port)
    before, begun = server.processor(), time.monotonic()
    sent = told(loading(server.port, "batch", key, events, BATCH_LINKS))
    server.wait_for(events, 600)
    took = time.monotonic() - begun
    used = [(b - a) / events * 1e6 for a, b in zip(before, server.processor())]
    waits, peak = beside.end(), server.peak()
    check(server.stored() == events, f"{server.stored()} of {events} are in the engine")
    print(f"acknowledged {events / sent['seconds']:.0f}/s ({sent['bytes'] / events:.0f} bytes each), a batch "
          f"p50 {sent['p50_us'] / 1000:.0f} p99 {sent['p99_us'] / 1000:.0f} ms, sent again {sent['again']:.0f}")
    print(f"end to end   {events / took:.0f}/s")
    print(f"processor    {used[0]:.1f} us an event in the server, {used[1]:.1f} in its engine")
    print(f"meanwhile    {waits}; memory at most {peak[0]} MiB, engine {peak[1]} MiB")
    return events / took


def singles(server: Server, key: str, folder: str) -> None:
    print(f"-- {calls} track calls over {CALL_LINKS} connections; {state(folder)}")
    sent = told(loading(server.port, "track", key, calls, CALL_LINKS, events))
    print(f"acknowledged {calls / sent['seconds']:.0f}/s, p50 {sent['p50_us'] / 1000:.1f} p99 "
          f"{sent['p99_us'] / 1000:.1f} longest {sent['longest_us'] / 1000:.1f} ms")


def cut(server: Server, key: str) -> int:
    """Ended in the middle: what was acknowledged is there, and what was not is known as such."""
    first, many = events + calls, events // 2
    sender = loading(server.port, "batch", key, many, BATCH_LINKS, first)
    time.sleep(0.3 if SHORT else 3)
    status = server.end()
    sender.communicate()
    check(status == 0, f"ended in the middle of it, status {status}")
    return first


def bare(folder: str) -> tuple[float, float]:
    """The engine alone; its tables are made by Tidemark's own statement. Once with large requests, and
    once with requests of as many events as those to Tidemark, its parts merged as they usually are."""
    node_dir = os.path.join(folder, "bare")
    os.makedirs(node_dir)
    password, secret = secrets.token_hex(16), secrets.token_hex(16)
    node = subprocess.Popen([build / "node/tidemark-node", "--dir", node_dir], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    node.stdin.write(f"password_sha256={hashlib.sha256(password.encode()).hexdigest()}\nsecret={secret}\n"
                     f"memory={640 << 20}\ncache={64 << 20}\nthreads=2\n\n")
    node.stdin.flush()
    port = int(node.stdout.readline().split()[1])
    headers = {"X-Tidemark-Key": secret, "X-ClickHouse-User": "app", "X-ClickHouse-Key": password}

    def ask(sql: str) -> str:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        link.request("POST", "/", sql, headers)
        answer = link.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            sys.exit(text)
        return text

    def fill(table: str, rows: int, settings: str = "") -> float:
        ask((root / "sql/schema/raw_event.sql").read_text()
            .replace("raw_event\n", f"tidemark.{table}\n") + settings)
        before = processor(node.pid)
        print(f"-- {events} rows as JSONEachRow into the bare engine, {rows} a request; {state(folder)}")
        sent = told(loading(port, "rows", "|".join(f"{k}: {v}" for k, v in headers.items()), events, ROW_LINKS,
                            f"/?query=INSERT%20INTO%20tidemark.{table}%20FORMAT%20JSONEachRow", rows))
        check(int(ask(f"SELECT count() FROM tidemark.{table}")) == events, "all rows are in the bare engine")
        print(f"bare engine  {events / sent['seconds']:.0f}/s ({sent['bytes'] / events:.0f} bytes each), "
              f"{(processor(node.pid) - before) / events * 1e6:.1f} us of processor time an event")
        return events / sent["seconds"]

    ask("CREATE DATABASE tidemark")
    large = fill("raw_event", LARGE_ROWS)
    small = fill("raw_small", BATCH_ROWS, f"SETTINGS max_bytes_to_merge_at_max_space_in_pool = {150 << 30}")
    node.stdin.close()
    node.wait(timeout=60)
    return large, small


def main() -> int:
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        shop = folder + "/shop"
        subprocess.run([tidemark, "init", shop], check=True, stdout=subprocess.DEVNULL)
        key = re.search(r"\b[a-z0-9]{32}\b", subprocess.run(
            [tidemark, "sources", "add", "--workspace", shop, "--name", "Load"], check=True,
            capture_output=True, text=True).stdout)[0]
        server = Server(shop)
        rate = batches(server, key, folder)
        singles(server, key, folder)
        first = cut(server, key)
        server = Server(shop)
        told(loading(server.port, "batch", key, events // 2, BATCH_LINKS, first))
        whole = events + calls + events // 2
        server.wait_for(whole, 600)
        stored, repeated, refused = tallies(shop)
        check((stored, refused) == (whole, 0) and server.stored() == whole,
              f"sent again as a whole: {stored} stored ({server.stored()} of them in the engine), {repeated} "
              f"repeated, {refused} refused, of {whole}")
        server.end()
        doctor = subprocess.run([tidemark, "doctor", "--workspace", shop], capture_output=True, text=True)
        check(doctor.returncode == 0, "journal, engine and figures hold the same" +
              (": " + doctor.stdout if doctor.returncode else ""))
        large, small = bare(folder)
        print(f"-- end to end beside the bare engine: {rate / small:.2f} of requests of {BATCH_ROWS} events, "
              f"{rate / large:.2f} of requests of {LARGE_ROWS}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
