# SPDX-License-Identifier: AGPL-3.0-or-later
"""A server under test and those who ask it; used by the tests of this folder."""
import http.client
import json
import os
import signal
import subprocess
import sys
import time

tidemark = os.path.abspath(sys.argv[1])
count = failed = 0
PASSWORD = "seven quiet rivers"


def check(ok: bool, what: str, detail: object = "") -> None:
    """One line of TAP."""
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {what}", flush=True)
    if not ok and detail != "":
        print(f"#   {str(detail)[:600]}", flush=True)


def end() -> None:
    """The plan, at last."""
    print(f"1..{count}")
    sys.exit(1 if failed else 0)


class Server:
    def __init__(self, folder: str) -> None:
        self.process = subprocess.Popen(
            [tidemark, "serve", "--lang", "en", "--workspace", folder, "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        self.port = int(line.rsplit(":", 1)[1])
        self.token = None

    def setup_token(self) -> str:
        return self.process.stdout.readline().strip().rsplit("/", 1)[1]

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.communicate(timeout=40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            return -9
        return self.process.returncode


class Client:
    """A session, a key, or nobody."""

    def __init__(self, server: Server, key: str = "") -> None:
        self.server, self.cookie, self.csrf, self.key = server, "", "", key

    def ask(self, method: str, path: str, body: object = None, headers: dict | None = None,
            csrf: bool = True, raw: bytes | None = None) -> tuple[int, dict, bytes]:
        sent = dict(headers or {})
        if self.cookie:
            sent["Cookie"] = self.cookie
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        if csrf and self.csrf:
            sent["X-CSRF-Token"] = self.csrf
        if body is not None:
            raw = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        link = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            link.request(method, path, raw, sent)
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

    def wait(self, job: int) -> dict:
        for _ in range(600):
            found = json.loads(self.ask("GET", f"/api/v1/jobs/{job}")[2])
            if found["state"] not in ("waiting", "running"):
                return found
            time.sleep(0.1)
        return {"state": "too slow"}
