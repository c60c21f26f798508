#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Text messages and webhooks, from planned to a service of others, by the real sender: each text at most once,
each webhook until it is taken and signed as its receiver checks it, what is refused told as it is.

    channels.py SENDING_TOOL
"""
import base64
import collections
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mail"))
from tap import Tap  # noqa: E402

tap = Tap()
tool = os.path.abspath(sys.argv[1])
random.seed(5)
SETTINGS = """shop: Blue Hat
currency: EUR
sending:
  sms: {{base: "http://127.0.0.1:{port}", account: AC1, password_env: SMS_TOKEN, from: "+15551230000"}}
  private_network: yes
  caps: []
  hours: {{sms: always}}
  same_after_days: 0
"""
MESSAGE = """name: short
subject: "-"
text: |
  {{ 'text' | t: name: contact.first_name }}
languages:
  en: {text: "Hello {{ name }}, your parcel is here. Reply STOP to end."}
  th: {text: "สวัสดี {{ name }} พัสดุมาแล้ว ตอบ STOP เพื่อเลิกรับ"}
"""
NO_WAY_OUT = MESSAGE.replace(" Reply STOP to end.", "").replace(" ตอบ STOP เพื่อเลิกรับ", "")


class Service(http.server.ThreadingHTTPServer):
    """What a number's last three digits say, and the same in a webhook's path."""
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.texts: collections.Counter = collections.Counter()
        self.bodies: dict[str, str] = {}
        self.calls: dict[str, str] = {}
        self.hooks: list[tuple[str, dict, bytes]] = []
        self.busy: collections.Counter = collections.Counter()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        pass

    def reply(self, status: int, body: dict | None, headers: dict | None = None) -> None:
        data = json.dumps(body or {}).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/2010-04-01/"):
            self.text(urllib.parse.parse_qs(body.decode()))
        else:
            self.hook(body)

    def text(self, form: dict) -> None:
        to = form["To"][0]
        word = "Basic " + base64.b64encode(b"AC1:s3cret").decode()
        if self.headers["Authorization"] != word or self.path.split("/")[3] != "AC1":
            self.reply(401, {"code": 20003, "message": "Authenticate"})
            return
        server = self.server
        server.texts[to] += 1
        server.bodies[to] = form["Body"][0]
        server.calls[to] = form.get("StatusCallback", [""])[0]
        match to[-3:]:
            case "001":
                self.reply(400, {"code": 21211, "message": "not a valid phone number"})
            case "002":
                self.reply(400, {"code": 21610, "message": "recipient has replied with STOP"})
            case "003":
                self.close_connection = True  # read, and never answered
            case "004" if server.busy[to] < 1:
                server.busy[to] += 1
                server.texts[to] -= 1
                self.reply(429, {"code": 20429}, {"Retry-After": "1"})
            case "005":
                self.reply(500, {})
            case _:
                self.reply(201, {"sid": f"SM{to[1:]}", "status": "queued"})

    def hook(self, body: bytes) -> None:
        server = self.server
        server.hooks.append((self.path, dict(self.headers), body))
        match self.path:
            case "/once-busy" if len([h for h in server.hooks if h[0] == self.path]) < 2:
                self.reply(503, {})
            case "/gone":
                self.reply(410, {})
            case "/die" if len([h for h in server.hooks if h[0] == self.path]) < 2:
                self.close_connection = True
            case _:
                self.reply(200, {})


class Shop:
    def __init__(self, top: str, service: Service):
        self.folder = str(pathlib.Path(top, f"shop{random.randrange(10**9)}"))
        os.makedirs(self.folder)
        pathlib.Path(self.folder, "tidemark.yaml").write_text(SETTINGS.format(port=service.port))
        self.keep("short", MESSAGE)

    def ask(self, *words: str, stdin: str = "", token: str = "s3cret") -> list[list[str]]:
        done = subprocess.run([tool, words[0], self.folder, *words[1:]], input=stdin, text=True,
                              capture_output=True, timeout=120, env={**os.environ, "SMS_TOKEN": token})
        if done.returncode:
            raise RuntimeError(done.stderr)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def keep(self, name: str, text: str) -> None:
        self.ask("keep", name, stdin=text)

    def plan(self, rows: list[tuple]) -> None:
        self.ask("plan", stdin="".join("\t".join(map(str, row)) + "\n" for row in rows))

    def states(self) -> dict[str, str]:
        return {row[2]: row[1] for row in self.ask("each")}

    def run(self, seconds: float, token: str = "s3cret") -> None:
        process = subprocess.Popen([tool, "run", self.folder, "https://links.shop.example"],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   env={**os.environ, "SMS_TOKEN": token})
        end = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        process.terminate()
        error = process.communicate(timeout=60)[1]
        if process.returncode:
            raise RuntimeError(error)


def data(message: str = "short", **more) -> str:
    return json.dumps({"message": message, "contact": {"first_name": "Ada"}, **more})


def texts(top: str) -> None:
    service = Service()
    shop = Shop(top, service)
    shop.keep("trap", NO_WAY_OUT)
    numbers = [f"+6681234{i:04}" for i in range(1100, 1140)]
    odd = {f"+66812340{i:03}": i for i in range(1, 6)}
    shop.plan([(n, 1, "m", data()) for n in numbers] + [(n, 1, "m", data()) for n in odd] +
              [("+66899990110", 1, "m", data("trap")), ("+66899990111", 1, "t", data("trap"))])
    shop.run(60)
    states = shop.states()
    tap.check(all(states[n] == "accepted" and service.texts[n] == 1 for n in numbers),
              "each number gets its text once", repr(states))
    expected = dict(zip(odd, ["failed", "failed", "uncertain", "accepted", "uncertain"]))
    tap.check({n: states[n] for n in odd} == expected and max(service.texts.values()) == 1,
              "what became of the others is told as it was, none twice",
              repr(({n: states[n] for n in odd}, service.texts)))
    tap.check(service.bodies[numbers[0]] == "Hello Ada, your parcel is here. Reply STOP to end.",
              "the words", service.bodies[numbers[0]])
    tap.check(states["+66899990110"] == "skipped" and not service.texts["+66899990110"] and
              states["+66899990111"] == "accepted",
              "marketing without a way out goes to nobody, what is none does", repr(states))
    why = dict(shop.ask("suppressed", *odd))
    tap.check(service.calls[numbers[0]].startswith("https://links.shop.example/texts/b-") and
              len(set(service.calls.values())) == len(service.calls),
              "each says where to tell of it", service.calls[numbers[0]])
    tap.check([why[n] for n in odd] == ["bounced", "unsubscribed", "", "", ""],
              "a number that is dead or said stop is closed", repr(why))
    words = [row[1:] for row in shop.ask("words", next(n for n in odd if n.endswith("002")))]
    tap.check(words[-1][:3] == ["withdrawn", "sms", "service"] and "STOP" in words[-1][3] and words[0][0] == "granted",
              "what it said to the service stands in the ledger", repr(words))


def wrong_password(top: str) -> None:
    service = Service()
    shop = Shop(top, service)
    shop.plan([(f"+6681234{i:04}", 1, "m", data()) for i in range(2100, 2200)])
    shop.run(4, token="wrong")
    tap.check(set(shop.states().values()) == {"planned"} and not service.texts,
              "a wrong password loses nobody, and is not tried with everybody")


def webhooks(top: str) -> None:
    service = Service()
    shop = Shop(top, service)
    base = f"http://127.0.0.1:{service.port}"
    urls = [f"{base}/{p}" for p in ("ok", "once-busy", "gone", "die")]
    secrets = {u: shop.ask("secret", u)[0][0] for u in urls}
    shop.plan([(u, i, "t", data(event="order_complete", order={"number": "7"}))
               for i, u in enumerate(urls)] + [(f"{base}/marketing", 9, "m", data())])
    shop.run(60)
    states = shop.states()
    tap.check([states[u] for u in urls] == ["accepted", "accepted", "failed", "accepted"],
              "told, told later, unwanted, told again after silence", repr(states))
    tap.check(states[f"{base}/marketing"] == "skipped", "no marketing goes to a system", repr(states))
    again = [h for h in service.hooks if h[0] == "/die"]
    tap.check(len(again) == 2 and again[0][1]["webhook-id"] == again[1][1]["webhook-id"] and
              len({h[1]["webhook-id"] for h in service.hooks}) == 4,
              "told again it has the same number, another message another")
    wrong = 0
    for path, headers, body in service.hooks:
        key = base64.b64decode(secrets[base + path].removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        wrong += headers["webhook-signature"] != expected
        wrong += abs(time.time() - int(headers["webhook-timestamp"])) > 120
    tap.check(wrong == 0 and len(set(secrets.values())) == 4,
              "each is signed with the secret of its receiver, which no other has")
    told = json.loads(service.hooks[0][2])
    tap.check(told["type"] == "order_complete" and told["data"]["order"]["number"] == "7" and
              told["timestamp"].endswith("Z"), "what it says", repr(told))


with tempfile.TemporaryDirectory() as folder:
    texts(folder)
    wrong_password(folder)
    webhooks(folder)
tap.done()
