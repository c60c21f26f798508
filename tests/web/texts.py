#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the service of text messages tells a real server: what people answer, what became of messages. Only what is
signed counts, each once, and for the right number alone. texts.py TIDEMARK SENDING_TOOL. Prints TAP.
"""
import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import threading
import urllib.parse

from client import Client, Server, check, end, until

tool = os.path.abspath(sys.argv[2])
API = "/api/v1"
BASE = "https://links.shop.example"
TOKEN = "s3cret"
DATA = json.dumps({"message": "short", "contact": {"first_name": "Ada"}})
NUMBERS = [f"+6681234{i:04}" for i in range(1100, 1120)]
SETTINGS = """shop: Blue & Hat
currency: EUR
sending:
  sms: {{base: "http://127.0.0.1:{port}", account: AC1, user: SK1, password_env: SMS_KEY,
        token_env: SMS_TOKEN, from: "+15551230000"}}
  private_network: yes
  caps: []
  hours: {{sms: always}}
  same_after_days: 0
"""
MESSAGE = """name: short
subject: "-"
text: "Your parcel is here. Reply STOP to end."
"""


class Service(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.calls: dict[str, str] = {}  # where it is to tell of each number
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_) -> None:
        pass

    def do_POST(self) -> None:
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.calls[form["To"][0]] = form.get("StatusCallback", [""])[0]
        data = b'{"sid": "SM1", "status": "queued"}'
        self.send_response(201)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def plan(folder: str, campaign: int, numbers: list[str]) -> None:
    rows = "".join(f"{n}\t{campaign}\tm\t{DATA}\n" for n in numbers)
    subprocess.run([tool, "plan", folder], input=rows, text=True, check=True)


class Shop:
    def __init__(self, server: Server, owner: Client) -> None:
        self.nobody, self.owner = Client(server), owner

    def tell(self, path: str, fields: dict, token: str = TOKEN, signed: str | None = None) -> tuple:
        """As the service does: over the public address and all fields by name."""
        text = BASE + (signed or path) + "".join(n + fields[n] for n in sorted(fields))
        mark = base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest())
        status, head, body = self.nobody.ask(
            "POST", path, raw=urllib.parse.urlencode(fields).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded",
                     "X-Twilio-Signature": mark.decode()})
        return status, head.get("content-type", ""), body.decode()

    def answer(self, number: str, sid: str, text: str, **more) -> tuple:
        return self.tell("/texts", {"From": number, "To": "+15551230000", "AccountSid": "AC1",
                                    "MessageSid": sid, "Body": text, **more})

    def closed(self, number: str) -> str | None:
        return json.loads(self.owner.ask("POST", API + "/suppression/check",
                                         {"who": number, "channel": "sms"})[2])["reason"]

    def words(self, number: str) -> list[tuple]:
        found = json.loads(self.owner.ask("POST", API + "/consent/find", {"who": number})[2])
        return [(e["state"], e["method"], e["proof"]) for e in found["entries"]
                if e["state"] != "granted" or e["source"] == "sms"]

    def campaign(self, number: int = 1) -> dict:
        told = json.loads(self.owner.ask("GET", f"{API}/sending")[2])
        return next(c for c in told["campaigns"] if c["campaign"] == number)

    def messages(self, state: str) -> int:
        told = json.loads(self.owner.ask("GET", f"{API}/sending")[2])
        return sum(m["n"] for m in told["messages"] if m["state"] == state)


def unsigned(shop: Shop, path: str) -> None:
    n = NUMBERS[0]
    stop = {"From": n, "MessageSid": "SMx", "Body": "STOP"}
    lost = {"MessageSid": "SMx", "MessageStatus": "undelivered", "ErrorCode": "30005"}
    wrong = [shop.tell("/texts", stop, "another")[0], shop.tell("/texts", stop, "")[0],
             shop.tell(path, lost, "another")[0], shop.tell("/texts", stop, signed=path)[0],
             shop.tell(path, lost, signed="/texts")[0],
             shop.nobody.ask("POST", "/texts", raw=b"From=%2B66&Body=STOP&MessageSid=SM1")[0],
             shop.nobody.ask("POST", "/texts", raw=b"")[0], shop.nobody.ask("POST", path, raw=b"&&==")[0]]
    check(set(wrong) == {403}, "what is not signed by the service is refused", wrong)
    other = path[:20] + ("a" if path[20] != "a" else "b") + path[21:]
    check(shop.tell(other, lost)[0] == 404, "a token that was changed is none")
    check(shop.closed(n) is None and not shop.words(n), "and nothing was taken", shop.words(n))
    check(shop.nobody.ask("GET", "/texts")[0] == 405, "nothing is there to look at")


def became(shop: Shop, calls: dict[str, str]) -> None:
    cases = [("delivered", "", None, "delivered"), ("read", "", None, "delivered"),
             ("undelivered", "30005", "bounced", "hard"), ("failed", "30006", "bounced", "hard"),
             ("failed", "21610", "unsubscribed", "withdrawn"),
             ("undelivered", "30004", "unsubscribed", "withdrawn"),
             ("undelivered", "30007", None, "soft"), ("undelivered", "", None, "soft"),
             ("failed", "30002", None, None), ("sent", "", None, None), ("queued", "", None, None)]
    for _ in range(2):  # told twice it counts once
        for number, (word, code, _, _) in zip(NUMBERS, cases):
            fields = {"MessageSid": "SM1", "MessageStatus": word, "To": number}
            got = shop.tell(calls[number].removeprefix(BASE),
                            fields | ({"ErrorCode": code} if code else {}))
            if got[0] != 200:
                check(False, f"{word} {code} is taken", got)
    reasons = [shop.closed(n) for n, _ in zip(NUMBERS, cases)]
    check(reasons == [c[2] for c in cases], "each means for its number what it says", reasons)
    counts = {k: shop.campaign()[k] for k in ("delivered", "hard", "withdrawn", "soft")}
    check(counts == {k: [c[3] for c in cases].count(k) for k in counts},
          "and counts once for the campaign", counts)
    check(shop.words(NUMBERS[4]) == [("withdrawn", "service", "code 21610")],
          "a withdrawal stands in the ledger", shop.words(NUMBERS[4]))


def answered(shop: Shop) -> None:
    a, b, c, d = NUMBERS[12:16]
    status, kind, body = shop.answer(a, "SM10", " Stop! ")
    check(status == 200 and kind.startswith("text/xml") and body.strip().endswith("<Response></Response>"),
          "STOP is taken, and answered by nothing", (status, kind, body))
    check(shop.closed(a) == "unsubscribed" and shop.words(a) == [("withdrawn", "reply STOP", "sms SM10")],
          "it is a withdrawal, in the ledger too", shop.words(a))
    before = shop.campaign()["withdrawn"]
    shop.answer(a, "SM10", " Stop! ")
    shop.answer(a, "SM11", "unsubscribe")
    check(len(shop.words(a)) == 1 and shop.campaign()["withdrawn"] == before, "said again it is the same")
    shop.answer(a, "SM12", "START")
    check(shop.closed(a) is None and shop.words(a)[-1] == ("granted", "reply START", "sms SM12"),
          "START takes it back, with what it is known by", (shop.closed(a), shop.words(a)))
    shop.answer(a, "SM10", " Stop! ")
    check(shop.closed(a) is None, "an old STOP that is told again does not")
    shop.answer(a, "SM13", "หยุด")
    shop.answer(a, "SM12", "START")
    check(shop.closed(a) == "unsubscribed", "nor does an old START, after another STOP")
    shop.answer(b, "SM20", "why do you write? do not text me again")
    check(shop.closed(b) == "unsubscribed" and shop.words(b)[0][1] == "reply in other words",
          "who says it in other words is heard", shop.words(b))
    shop.answer(c, "SM30", "When do you open?")
    check(shop.closed(c) is None and not shop.words(c), "other words are other words")
    got = shop.answer(c, "SM31", "HELP")[2]
    check("<Message>Blue &amp; Hat: " in got and "STOP" in got, "HELP is answered", got)
    check("<Message>" not in shop.answer(c, "SM32", "HELP", OptOutType="HELP")[2],
          "unless the service did")
    shop.answer(d, "SM40", "Termina", OptOutType="STOP")
    check(shop.closed(d) == "unsubscribed", "a word that the service knows is one")
    shop.answer(NUMBERS[2], "SM50", "START")
    check(shop.closed(NUMBERS[2]) == "bounced", "START opens no dead number")
    shop.owner.ask("POST", API + "/suppression", {"who": NUMBERS[16], "channel": "sms"})
    shop.answer(NUMBERS[16], "SM51", "START")
    check(shop.closed(NUMBERS[16]) == "by hand", "nor one that the shop has closed",
          shop.closed(NUMBERS[16]))
    shop.answer("+447700900123", "SM60", "START")
    check(not shop.words("+447700900123"), "who never was a reader becomes none by it")
    shop.answer("+447700900124", "SM61", "STOP")
    check(shop.closed("+447700900124") == "unsubscribed", "but STOP counts, whoever says it")
    for who in ("whatsapp:+66812341100", "Bank", "", "12345", "+" * 4000):
        if shop.answer(who, "SM70", "STOP")[0] != 200:
            check(False, "what is no number is taken and means nothing", who)


def remembered(folder: str) -> None:
    """Only what changes something is kept: the numbers of STOP and START."""
    with contextlib.closing(sqlite3.connect(f"file:{folder}/outbox.db?mode=ro", uri=True, timeout=60)) as db:
        n = db.execute("SELECT count(*) FROM heard").fetchone()[0]
    check(n == 10, "of answers that change nothing no number is kept", n)


with tempfile.TemporaryDirectory() as top:
    folder = str(pathlib.Path(top, "shop"))
    os.mkdir(folder)
    service = Service()
    pathlib.Path(folder, "tidemark.yaml").write_text(
        SETTINGS.format(port=service.server_address[1]))
    subprocess.run([tool, "keep", folder, "short"], input=MESSAGE, text=True, check=True)
    plan(folder, 1, NUMBERS)
    words = {"SMS_KEY": "key", "SMS_TOKEN": TOKEN}
    server = Server(folder, options=("--public-url", BASE), env=words)
    shop = Shop(server, Client(server).first_owner())
    check(until(lambda: shop.messages("accepted") == len(NUMBERS)), "the messages leave",
          shop.owner.ask("GET", f"{API}/sending"))
    calls = service.calls
    check(all(calls[n].startswith(BASE + "/texts/b-") for n in NUMBERS) and
          len(set(calls.values())) == len(NUMBERS), "each says where to tell of it", calls)
    unsigned(shop, calls[NUMBERS[0]].removeprefix(BASE))
    became(shop, calls)
    answered(shop)
    remembered(folder)
    service.calls.clear()
    plan(folder, 2, NUMBERS)
    check(until(lambda: shop.messages("planned") + shop.messages("claimed") +
                shop.messages("handed over") == 0), "the next campaign is decided")
    open_ones = {n for n in NUMBERS if shop.closed(n) is None}
    check(set(service.calls) == open_ones and len(open_ones) == len(NUMBERS) - 8,
          "and reaches those alone who are open", sorted(service.calls))
    check(server.end() == 0, "the server ends in order")
end()
