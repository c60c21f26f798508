# SPDX-License-Identifier: AGPL-3.0-or-later
"""A server under test and those who ask it; used by the tests of this folder."""
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

tidemark = os.path.abspath(sys.argv[1])
PASSWORD = "seven quiet rivers"
ROLES = ["viewer", "analyst", "marketer", "owner"]
count = failed = 0


def check(ok: bool, what: str, detail: object = "") -> None:
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {what}", flush=True)
    if not ok and detail != "":
        print(f"#   {str(detail)[:600]}", flush=True)


def end() -> None:
    print(f"1..{count}")
    sys.exit(1 if failed else 0)


def until(wanted, seconds: float = 120) -> bool:
    """Waits for what must come soon."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if wanted():
            return True
        time.sleep(0.05)
    return False


def comes_to(what, wanted, seconds: float = 120) -> bool:
    """Asks `what` until it is as wanted."""
    return until(lambda: wanted(what()), seconds)


class Server:
    """One shop at the root, or several, each below the name of its folder."""

    def __init__(self, *folders: str, options: tuple[str, ...] = (), env: dict | None = None,
                 log: object = subprocess.DEVNULL) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        shops = [word for folder in folders for word in ("--workspace", folder)]
        self.process = subprocess.Popen(
            [tidemark, "serve", "--lang", "en", *shops, "--listen", f"127.0.0.1:{self.port}",
             *options],
            stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **(env or {})})
        self.said: list[str] = []
        threading.Thread(target=self.listen, daemon=True).start()
        self.wait(lambda line: "is ready" in line, len(folders))

    def listen(self) -> None:
        for line in self.process.stdout:
            self.said.append(line)

    def wait(self, wanted, times: int = 1) -> str:
        for _ in range(600):
            found = [line for line in self.said if wanted(line)]
            if len(found) >= times:
                return found[-1]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        return ""

    def setup_token(self, shop: str = "") -> str:
        line = self.wait(lambda line: (f"/{shop}/#/setup/" if shop else "/#/setup/") in line)
        return line.strip().rsplit("/", 1)[-1]

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return -9
        return self.process.returncode


class Client:
    """A session, a key, or nobody; in the shop at the root or in a named one."""

    def __init__(self, server: Server, key: str = "", shop: str = "") -> None:
        self.server, self.cookie, self.csrf, self.key = server, "", "", key
        self.shop = "/" + shop if shop else ""

    def ask(self, method: str, path: str, body: object = None, headers: dict | None = None,
            csrf: bool = True, raw: bytes | None = None,
            address: str = "") -> tuple[int, dict, bytes]:
        sent = dict(headers or {})
        if self.cookie and "Cookie" not in sent:
            sent["Cookie"] = self.cookie
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        if csrf and self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        if body is not None:
            raw = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60,
                                          source_address=(address, 0) if address else None)
        try:
            try:
                link.request(method, self.shop + path, raw, sent)
            except (BrokenPipeError, ConnectionResetError):
                pass  # a body too large is answered before all of it has come
            answer = link.getresponse()
            got = {name.lower(): value for name, value in answer.getheaders()}
            if answer.status < 300 and "set-cookie" in got:
                self.cookie = got["set-cookie"].split(";")[0]
            return answer.status, got, answer.read()
        finally:
            link.close()

    def enter(self, email: str, password: str = PASSWORD) -> int:
        status, _, body = self.ask("POST", "/api/v1/login", {"email": email, "password": password})
        if status == 200:
            self.csrf = json.loads(body)["csrf"]
        return status

    def first_owner(self, email: str = "owner@example.com") -> "Client":
        """By the link of the first start."""
        wish = {"token": self.server.setup_token(self.shop[1:]), "email": email,
                "password": PASSWORD}
        status, _, body = self.ask("POST", "/api/v1/setup", wish)
        check(status == 201, f"an owner is set in {self.shop or 'the shop'}", body)
        self.csrf = json.loads(body).get("csrf", "")
        return self

    def wait(self, job: int) -> dict:
        for _ in range(600):
            found = json.loads(self.ask("GET", f"/api/v1/jobs/{job}")[2])
            if found["state"] not in ("waiting", "running"):
                return found
            time.sleep(0.1)
        return {"state": "too slow"}
