#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A flow's step tells another system, in one piece: somebody does something, the server plans the webhook and sends it,
signed, to the address that the flow's text has. That system stands on this machine (stand_in.c), where the program
reaches it only when the shop's own file says that it may.

    told.py TIDEMARK_STAND_IN
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "web"))
from client import Client, Server, check, comes_to, end, tidemark, until  # noqa: E402

HOST = "crm.example"
URL = f"https://{HOST}/hooks/cart"
SENDING = """sending:
  sms: {base: "https://texts.example", account: AC1, password_env: SMS_TOKEN, from: "+15551230000"}
"""
FLOW = f"""name: Told
start: {{event: cart_add}}
again: always
steps:
  - {{name: crm, webhook: "{URL}"}}
"""


class System(http.server.ThreadingHTTPServer):
    """As it would stand on the internet; busy when cleo is told of for the first time."""
    daemon_threads = True

    def __init__(self, folder: pathlib.Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.touched = 0  # connections
        self.told: list[tuple[str, str, dict, bytes]] = []
        self.ca, key = str(folder / "crm.pem"), str(folder / "crm.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-keyout", key, "-out",
                        self.ca, "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"], check=True,
                       capture_output=True)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.ca, key)
        self.socket = tls.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def get_request(self):
        self.touched += 1
        return super().get_request()

    def about(self, user: str) -> list[tuple[str, str, dict, bytes]]:
        return [t for t in self.told if f"{user}@".encode() in t[3]]

    def handle_error(self, *_) -> None:
        pass


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.told.append((self.headers["Host"], self.path, dict(self.headers), body))
        self.send_response(503 if len(self.server.about("cleo")) == 1 and b"cleo@" in body else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Shop:
    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        subprocess.run([tidemark, "init", str(folder), "--currency", "EUR", "--country", "DE"], check=True,
                       capture_output=True)
        self.bare = (folder / "tidemark.yaml").read_text(encoding="utf-8")
        self.may_inside("no")
        self.server = Server(str(folder))
        self.owner = Client(self.server).first_owner()
        self.key = json.loads(self.owner.ask("POST", "/api/v1/sources", {"name": "Site", "ledger": True})[2])["key"]
        check(self.call("POST", "/sending/arm", {})[0] == 200, "the shop may send")
        status, told = self.call("POST", "/flows", {"text": FLOW})
        check(status == 201 and self.call("POST", f"/flows/{told['id']}/on")[0] == 204, "the flow is on", told)

    def may_inside(self, word: str) -> None:
        own = SENDING + f"  private_network: {word}\n"
        (self.folder / "tidemark.yaml").write_text(f"{self.bare}\n{own}", encoding="utf-8")

    def call(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        status, _, answer = self.owner.ask(method, "/api/v1" + path, body)
        return status, json.loads(answer) if answer else {}

    def adds(self, user: str) -> None:
        status = Client(self.server).ask("POST", "/v1/track", {
            "writeKey": self.key, "userId": user, "event": "Product Added", "properties": {"product_id": "7", "name": "Shirt"},
            "context": {"traits": {"email": f"{user}@example.com", "firstName": user.title()}}})[0]
        check(status == 200, f"{user} adds to a cart", status)

    def sent(self) -> dict[str, int]:
        """How many messages are how far."""
        counts: dict[str, int] = {}
        for row in self.call("GET", "/sending")[1]["messages"]:
            counts[row["state"]] = counts.get(row["state"], 0) + row["n"]
        return counts


def is_signed(headers: dict, body: bytes, secret: str) -> bool:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == expected and abs(time.time() - int(headers["webhook-timestamp"])) < 300


def inside(shop: Shop, system: System) -> None:
    """The name leads to this machine: nothing goes there."""
    shop.adds("ada")
    check(comes_to(shop.sent, lambda n: sum(n.values()) == 1), "what ada did is planned", shop.sent())
    shop.adds("ben")
    check(comes_to(shop.sent, lambda n: sum(n.values()) == 2), "and what ben did", shop.sent())
    tried = "SELECT count(*) FROM message WHERE tries > 0"
    check(until(lambda: ask(shop.folder, tried) == 2, 60), "both were tried", ask(shop.folder, tried))
    check(system.touched == 0 and "accepted" not in shop.sent(), "a name that leads to this machine is not connected to",
          (system.touched, shop.sent()))


def ask(folder: pathlib.Path, sql: str) -> int:
    base = sqlite3.connect(folder / "outbox.db", timeout=30)
    try:
        return base.execute(sql).fetchone()[0]
    finally:
        base.close()


def told(shop: Shop, system: System) -> None:
    """The shop's file says that it may."""
    shop.may_inside("yes")
    shop.adds("cleo")
    check(until(lambda: len(system.about("cleo")) == 2), "what cleo did is told, again after it was not taken", system.told)
    check(comes_to(shop.sent, lambda n: n.get("accepted", 0) > 0), "and it is known that it was taken", shop.sent())
    secret = subprocess.run([tidemark, "send", "secret", URL, "--workspace", str(shop.folder)], capture_output=True,
                            text=True).stdout.strip()
    check(all(is_signed(headers, body, secret) for _, _, headers, body in system.told),
          "each is signed by the secret that the command tells")
    check({(host, path) for host, path, _, _ in system.told} == {(HOST, "/hooks/cart")}, "at the address of the step",
          system.told[0][:2])
    first, second = system.about("cleo")
    said = json.loads(second[3])
    check([said["type"], said["data"]["flow"], said["data"]["step"], said["data"]["contact"]["email"]]
          == ["cart_add", "Told", "crm", "cleo@example.com"], "it says who came where", said)
    check(first[2]["webhook-id"] == second[2]["webhook-id"] and first[3] == second[3],
          "what is told again is the same, by the same number", (first, second))


with tempfile.TemporaryDirectory() as top:
    system = System(pathlib.Path(top))
    place = pathlib.Path(top, "place")
    place.write_text(f"{HOST}:443:127.0.0.1:{system.server_address[1]}\n{system.ca}\npublic\n")
    os.environ |= {"STAND_IN": str(place), "SMS_TOKEN": "none"}
    shop = Shop(pathlib.Path(top, "shop"))
    inside(shop, system)
    told(shop, system)
    shop.server.end()
end()
