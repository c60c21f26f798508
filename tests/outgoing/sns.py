#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What Amazon SES tells over SNS, to the whole server: the certificate is fetched from Amazon's own servers alone, a
subscription is confirmed there alone, and what is proven counts. A server on this machine stands in Amazon's place, as
itself and as what it must not be (stand_in.c; nothing else about the program is another).

    sns.py TIDEMARK_STAND_IN SENDING_TOOL
"""
import base64
import http.server
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "web"))
from client import Client, Server, check, end  # noqa: E402

tool = os.path.abspath(sys.argv[2])
HOST = "sns.eu-central-1.amazonaws.com"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:mail"
SETTINGS = f"""shop: Blue Hat
sending:
  marketing: {{name: Blue Hat, address: news@shop.example}}
  postal_address: "1 High Street, Town"
  bounce_domain: bounce.shop.example
  smtp: {{host: 127.0.0.1, port: 9, tls: off}}
  provider: {{name: ses, topic: "{TOPIC}"}}
"""
NAMES = {"Notification": ("Message", "MessageId", "Timestamp", "TopicArn", "Type"),
         "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")}
NAMES["UnsubscribeConfirmation"] = NAMES["SubscriptionConfirmation"]
CERTIFICATE, CONFIRM = "/SimpleNotificationService-{}.pem", "/?Action=ConfirmSubscription&Token={}"


def openssl(*words: str, data: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *words], input=data, check=True, capture_output=True).stdout


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append((self.headers["Host"], self.path))
        what = self.path.removeprefix("/SimpleNotificationService-").removesuffix(".pem")
        body, status = self.server.pems.get(what, self.server.pems["1"]), 200
        if what == "long":
            body += b"\n" * (1 << 20)
        elif what == "moved":
            status = 302
        elif what == "none":
            status = 404
        elif what == "slow":
            time.sleep(30)
        elif what.endswith("Token=broken"):
            status = 500
        self.send_response(status)
        self.send_header("Location", f"https://{HOST}/SimpleNotificationService-1.pem")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            pass  # it had read enough


class Amazon(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: pathlib.Path, name: str, pems: dict[str, bytes]):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str]] = []
        self.pems, self.ca = pems, str(folder / f"{name}.pem")
        key = str(folder / f"{name}.key")
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-keyout", key, "-out", self.ca,
                "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self.ca, key)
        self.socket = tls.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_) -> None:
        pass  # clients that do not believe it hang up


class Signer:
    def __init__(self, folder: pathlib.Path, name: str) -> None:
        self.key, pem = str(folder / f"{name}.key"), folder / f"{name}.pem"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-keyout", self.key, "-out", str(pem),
                "-subj", "/CN=sns.amazonaws.com")
        self.pem = pem.read_bytes()

    def call(self, kind: str = "Notification", host: str = HOST, name: str = "1", **more: str) -> bytes:
        told = {"Type": kind, "MessageId": "n", "TopicArn": TOPIC, "Message": "{}", "SignatureVersion": "2",
                "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
                "SigningCertURL": f"https://{host}" + CERTIFICATE.format(name)} | more
        text = "".join(f"{n}\n{told[n]}\n" for n in NAMES[kind])
        mark = openssl("dgst", "-sha256", "-sign", self.key, data=text.encode())
        return json.dumps(told | {"Signature": base64.b64encode(mark).decode()}).encode()

    def asks(self, token: str = "t", url: str = "", **more: str) -> bytes:
        return self.call("SubscriptionConfirmation", Token=token,
                         SubscribeURL=url or f"https://{HOST}" + CONFIRM.format(token), **more)

    def bounce(self, token: str, **more: str) -> bytes:
        return self.call(Message=json.dumps({
            "eventType": "Bounce", "mail": {"source": f"{token}@bounce.shop.example", "messageId": "m"},
            "bounce": {"bounceType": "Permanent", "bounceSubType": "General",
                       "bouncedRecipients": [{"emailAddress": "x@else.example"}]}}), **more)


class Shop:
    """A shop whose mail service is Amazon SES, with messages that are planned."""
    def __init__(self, folder: pathlib.Path, people: int) -> None:
        self.folder, self.way = str(folder / "shop"), folder / "way"
        os.mkdir(self.folder)
        pathlib.Path(self.folder, "tidemark.yaml").write_text(SETTINGS)
        self.people = [f"p{i}@a.example" for i in range(people)]
        subprocess.run([tool, "plan", self.folder, "unarmed"], check=True, text=True,
                       input="".join(f"{a}\t1\tm\t{{}}\n" for a in self.people))
        told = subprocess.run([tool, "tokens", self.folder], text=True, check=True, capture_output=True).stdout
        self.token = dict(line.split("\t") for line in told.splitlines())

    def lead(self, server: Amazon, ca: str | None = None, host: str = HOST, network: str = "private") -> None:
        """Where its requests to Amazon go from now on."""
        self.way.write_text(f"{host}:443:127.0.0.1:{server.server_address[1]}\n{ca or server.ca}\n{network}\n")

    def serve(self) -> None:
        self.server = Server(self.folder, options=("--public-url", "https://links.shop.example"),
                             env={"STAND_IN": str(self.way)})
        self.nobody = Client(self.server)

    def tell(self, body: bytes) -> int:
        return self.nobody.ask("POST", "/returns/ses", raw=body, headers={"Content-Type": "text/plain"})[0]

    def closed(self) -> list[str]:
        told = subprocess.run([tool, "suppressed", self.folder, *self.people], text=True, check=True,
                              capture_output=True).stdout
        return [line.split("\t")[1] for line in told.splitlines()]


def believed(shop: Shop, amazon: Amazon, signer: Signer, newer: Signer) -> None:
    got = shop.tell(signer.asks())
    check(got == 200 and amazon.asked == [(HOST, CERTIFICATE.format(1)), (HOST, CONFIRM.format("t"))],
          "the certificate is fetched, and the subscription confirmed", f"{got} {amazon.asked}")
    got = shop.tell(signer.bounce(shop.token[shop.people[0]])), shop.tell(signer.bounce("b-none"))
    check(got == (200, 200) and shop.closed() == ["bounced", "", "", ""] and len(amazon.asked) == 2,
          "what came back counts for whom it names, and the certificate is kept", f"{got} {shop.closed()}")
    got = shop.tell(signer.call("UnsubscribeConfirmation", Token="t",
                                SubscribeURL=f"https://{HOST}" + CONFIRM.format("t")))
    check(got == 200 and len(amazon.asked) == 2, "who leaves the topic is not brought back", f"{got} {amazon.asked}")
    got = [shop.tell(signer.asks("broken")) for _ in range(2)]
    check(got == [500, 500] and amazon.asked[2:] == [(HOST, CONFIRM.format("broken"))] * 2,
          "one that Amazon could not confirm is asked for again", f"{got} {amazon.asked[2:]}")

    n = len(amazon.asked)
    got = shop.tell(newer.bounce(shop.token[shop.people[1]]))
    check(got == 403 and len(amazon.asked) == n, "another's key proves nothing", str(got))
    got = shop.tell(newer.bounce(shop.token[shop.people[1]], name="2"))
    check(got == 200 and shop.closed()[1] == "bounced" and amazon.asked[n:] == [(HOST, CERTIFICATE.format(2))],
          "a new certificate of Amazon's is fetched", f"{got} {amazon.asked[n:]}")


def refused(shop: Shop, amazon: Amazon, signer: Signer) -> None:
    token, n = shop.token[shop.people[2]], len(amazon.asked)
    bad = signer.bounce(token)
    got = [shop.tell(bad.replace(b"Permanent", b"Transient")), shop.tell(signer.bounce(token, TopicArn=TOPIC + "2")),
           shop.tell(signer.asks(TopicArn=TOPIC + "2")),
           shop.tell(signer.bounce(token, Timestamp="2020-05-06T18:06:07.000Z"))]
    asked = [path for _, path in amazon.asked[n:]]
    check(got == [403] * 4 and not any("Confirm" in path for path in asked),
          "what was changed, is of another's topic or is old is refused", f"{got} {asked}")
    check(shop.closed()[2:] == ["", ""], "and counts for nobody", str(shop.closed()))


def elsewhere(shop: Shop, amazon: Amazon, other: Amazon, signer: Signer) -> None:
    """What stands in a call leads nowhere but to Amazon."""
    shop.tell(signer.call())  # its certificate is kept from here on
    shop.lead(other, host="")
    before = len(amazon.asked)
    for host in ("evil.example", f"{HOST}.evil.example", f"evil.example/{HOST}", f"{HOST}@evil.example",
                 "sns.eu_central.amazonaws.com", "s3.eu-central-1.amazonaws.com", f"{HOST}:8443"):
        got = shop.tell(signer.call(host=host)), shop.tell(signer.asks(url=f"https://{host}/?a"))
        check(got == (403, 403) and not other.asked and len(amazon.asked) == before,
              f"{host} is asked for nothing", f"{got} {other.asked} {amazon.asked[before:]}")
    shop.lead(other)
    got = shop.tell(signer.call(name="3"))
    check(got == 500 and not other.asked, "a server with another's certificate is not asked", f"{got} {other.asked}")
    shop.lead(amazon, other.ca)
    n = len(amazon.asked)
    got = shop.tell(signer.call(name="4"))
    check(got == 500 and len(amazon.asked) == n, "nor one for which nobody vouches", str(got))
    shop.lead(amazon, network="public")
    got = shop.tell(signer.call(name="5"))
    check(got == 500 and len(amazon.asked) == n, "a name that leads into the shop's own network leads nowhere", str(got))
    shop.lead(amazon)


def odd(shop: Shop, amazon: Amazon, signer: Signer) -> None:
    token = shop.token[shop.people[3]]
    for name, what in (("long", "one that is too long is refused"), ("moved", "a redirect is refused"),
                       ("none", "and what is none"), ("slow", "nobody waits for one for ever")):
        began, n = time.monotonic(), len(amazon.asked)
        got = shop.tell(signer.bounce(token, name=name))
        check(got == 500 and len(amazon.asked) == n + 1 and time.monotonic() - began < 25, what,
              f"{got} {amazon.asked[n:]}")
    n = len(amazon.asked)
    got = [shop.tell(b'{"SigningCertURL": "https://%s%s"}' % (HOST.encode(), CERTIFICATE.format(f"x{i}").encode()))
           for i in range(40)]
    check(set(got) == {403, 429} and len(amazon.asked) - n <= 30,
          "who names one certificate after the other is soon told to wait", f"{got} {len(amazon.asked) - n}")
    check(shop.closed()[3] == "", "none of it counted", str(shop.closed()))


with tempfile.TemporaryDirectory() as top:
    folder = pathlib.Path(top)
    signer, newer = Signer(folder, "first"), Signer(folder, "second")
    pems = {"1": signer.pem, "2": newer.pem}
    amazon, other = Amazon(folder, HOST, pems), Amazon(folder, "evil.example", pems)
    shop = Shop(folder, 4)
    shop.lead(amazon)
    shop.serve()
    believed(shop, amazon, signer, newer)
    refused(shop, amazon, signer)
    elsewhere(shop, amazon, other, signer)
    odd(shop, amazon, signer)
    check(shop.server.end() == 0, "the server ends in order")
end()
