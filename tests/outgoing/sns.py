#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The certificate by which Amazon SNS signs is fetched from Amazon's own servers alone, and a subscription is confirmed
there alone: against a server on this machine that stands in their place, as itself and as what it must not be.

    sns.py OUTGOING_TOOL
"""
import base64
import http.server
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mail"))
from tap import Tap  # noqa: E402

tap = Tap()
tool = sys.argv[1]
HOST = "sns.eu-central-1.amazonaws.com"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:mail"
NAMES = {"Notification": ("Message", "MessageId", "Timestamp", "TopicArn", "Type"),
         "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")}


def openssl(*words: str, data: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *words], input=data, check=True, capture_output=True).stdout


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_) -> None:
        pass

    def do_GET(self) -> None:
        self.server.asked.append((self.headers["Host"], self.path))
        what = self.path.split("?")[0].removeprefix("/SimpleNotificationService-").removesuffix(".pem")
        body, status = self.server.pem, 200
        if what == "long":
            body += b"\n" * (1 << 20)
        elif what == "moved":
            status = 302
        elif what == "none":
            status = 404
        elif what == "slow":
            time.sleep(20)
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

    def __init__(self, folder: pathlib.Path, name: str, pem: bytes):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[tuple[str, str]] = []
        self.pem, self.ca = pem, str(folder / f"{name}.pem")
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
    def __init__(self, folder: pathlib.Path) -> None:
        self.key, pem = str(folder / "sns.key"), folder / "sns.pem"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-keyout", self.key, "-out", str(pem),
                "-subj", "/CN=sns.amazonaws.com")
        self.pem = pem.read_bytes()

    def call(self, kind: str = "Notification", host: str = HOST, name: str = "1", **more: str) -> str:
        told = {"Type": kind, "MessageId": "n", "TopicArn": TOPIC, "Message": "{}", "SignatureVersion": "2",
                "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
                "SigningCertURL": f"https://{host}/SimpleNotificationService-{name}.pem"} | more
        text = "".join(f"{n}\n{told[n]}\n" for n in NAMES[kind])
        mark = openssl("dgst", "-sha256", "-sign", self.key, data=text.encode())
        return json.dumps(told | {"Signature": base64.b64encode(mark).decode()})


def ask(server: Amazon, call: str, ca: str | None = None, host: str = HOST, *words: str) -> list[str]:
    done = subprocess.run([tool, "sns=1", f"topic={TOPIC}", "private=1", f"ca={ca or server.ca}", "whole_ms=3000",
                           f"connect_to={host}:443:127.0.0.1:{server.server_address[1]}", *words],
                          input=call, text=True, capture_output=True, timeout=60, check=True)
    return done.stdout.splitlines()


with tempfile.TemporaryDirectory() as top:
    folder = pathlib.Path(top)
    signer = Signer(folder)
    amazon, other = Amazon(folder, HOST, signer.pem), Amazon(folder, "evil.example", signer.pem)

    found = ask(amazon, signer.call())
    tap.check(found == ["proven"] and amazon.asked == [(HOST, "/SimpleNotificationService-1.pem")],
              "the certificate is fetched, and proves the call", f"{found} {amazon.asked}")
    found = ask(amazon, signer.call().replace('"{}"', '"{ }"'))
    tap.check(found == ["not proven"], "another message is not proven by it", str(found))

    asks = {"Token": "t", "SubscribeURL": f"https://{HOST}/?Action=ConfirmSubscription&Token=t"}
    found = ask(amazon, signer.call("SubscriptionConfirmation", **asks))
    tap.check(found == ["proven", "confirmed"] and amazon.asked[-1] == (HOST, "/?Action=ConfirmSubscription&Token=t"),
              "a subscription is confirmed where it asks", f"{found} {amazon.asked}")

    before = len(amazon.asked), len(other.asked)
    for host in ("evil.example", f"{HOST}.evil.example", f"evil.example/{HOST}", f"{HOST}@evil.example",
                 "sns.eu_central.amazonaws.com", "s3.eu-central-1.amazonaws.com", f"{HOST}:8443"):
        found = ask(other, signer.call(host=host), host="")
        tap.check(found == ["no address of a certificate"], f"{host} is not asked for one", str(found))
        found = ask(other, signer.call("SubscriptionConfirmation", **asks | {"SubscribeURL": f"https://{host}/?a"}),
                    amazon.ca, "")
        tap.check("confirmed" not in found and len(found) == 1, f"{host} is not told that we subscribe", str(found))
    tap.check((len(amazon.asked), len(other.asked)) == before, "none of them was", f"{amazon.asked} {other.asked}")

    found = ask(other, signer.call())
    tap.check(found[0].startswith("no certificate") and not other.asked,
              "a server with another's certificate is not asked", f"{found} {other.asked}")
    found = ask(amazon, signer.call(), other.ca)
    tap.check(found[0].startswith("no certificate") and len(amazon.asked) == before[0],
              "nor one for which nobody vouches", str(found))
    for name, what in (("long", "one that is too long is refused"), ("moved", "a redirect is refused"),
                       ("none", "and what is none"), ("slow", "nobody waits for one for ever")):
        began, n = time.monotonic(), len(amazon.asked)
        found = ask(amazon, signer.call(name=name))
        tap.check(found[0].startswith("no certificate") and len(amazon.asked) == n + 1 and
                  time.monotonic() - began < 15, what, f"{found} {amazon.asked[n:]}")
    found = subprocess.run([tool, "sns=1", f"topic={TOPIC}", f"ca={amazon.ca}", "whole_ms=3000",
                            f"connect_to={HOST}:443:127.0.0.1:{amazon.server_address[1]}"],
                           input=signer.call(), text=True, capture_output=True, timeout=60).stdout
    tap.check("private network" in found, "a name that leads into the shop's own network leads nowhere", found)
tap.done()
