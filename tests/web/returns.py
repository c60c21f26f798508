#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What mail services tell a real server of messages: each proven in its own way, each event once, for the message it names
alone; a made-up call counts for nobody. returns.py TIDEMARK SENDING_TOOL. Prints TAP.
"""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mail"))
from client import Client, Server, check, end, tidemark, until
from shop import settings
from sink import Sink

tool = os.path.abspath(sys.argv[2])
API = "/api/v1"
BASE = "https://links.shop.example"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:mail"
DATA = json.dumps({"message": "thanks-1", "order": {"number": "1", "url": "https://shop.example"}})


def openssl(*words: str, data: bytes = b"") -> bytes:
    return subprocess.run(["openssl", *words], input=data, check=True, capture_output=True).stdout


def moment(age: int = 0) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - age))


class Service:
    """One mail service: how it is set up, how it proves a call, how it says what became of a message."""
    name = ""
    settings = ""
    cases: list[tuple] = []  # of one event: its words, what it means

    def __init__(self, top: str) -> None:
        self.top = top

    def ready(self, folder: str) -> None:
        """When the workspace is there."""

    def call(self, events: list[dict]) -> list[tuple[bytes, dict]]:
        return [(json.dumps(e).encode(), self.headers()) for e in events]

    def headers(self) -> dict:
        return {}

    def wrong(self, body: bytes, headers: dict) -> list[tuple[bytes, dict]]:
        """The same, not proven."""
        return [(body, {})]


class Password(Service):
    def ready(self, folder: str) -> None:
        done = subprocess.run([tidemark, "send", "secret", self.name, "--workspace", folder],
                              capture_output=True, text=True, check=True)
        self.secret = done.stdout.strip()

    def headers(self) -> dict:
        return {"Authorization": "Basic " +
                base64.b64encode(f"tidemark:{self.secret}".encode()).decode()}

    def wrong(self, body: bytes, headers: dict) -> list:
        pair = base64.b64encode(b"tidemark:no").decode()
        return [(body, {}), (body, {"Authorization": f"Basic {pair}"}),
                (body, {"Authorization": "Bearer "}), (body, {"Authorization": "Basic !"})]


class Postmark(Password):
    name = "postmark"
    settings = "{name: postmark}"
    cases = [(("Bounce", "HardBounce"), "hard"), (("Bounce", "BadEmailAddress"), "hard"),
             (("Bounce", "SoftBounce"), "soft"), (("Bounce", "AutoResponder"), None),
             (("SpamComplaint", "SpamComplaint"), "complaint"), (("SubscriptionChange", None), None),
             (("SubscriptionChange", "ManualSuppression"), "withdrawn"),
             (("Delivery", None), "delivered"), (("Open", None), None)]

    def event(self, words: tuple, token: str, number: int) -> dict:
        return {"RecordType": words[0], "MessageID": f"883953f4-{number}",
                **({"Type": words[1]} if words[0] != "SubscriptionChange" else
                   {"SuppressSending": bool(words[1]), "SuppressionReason": words[1]}),
                "Email": "somebody@else.example", "Metadata": {"tidemark": token}}


class Brevo(Password):
    name = "brevo"
    settings = "{name: brevo}"
    cases = [(("hard_bounce",), "hard"), (("invalid_email",), "hard"), (("soft_bounce",), "soft"),
             (("spam",), "complaint"), (("unsubscribed",), "withdrawn"), (("deferred",), None),
             (("delivered",), "delivered"), (("unique_opened",), None)]

    def event(self, words: tuple, token: str, number: int) -> dict:
        return {"event": words[0], "email": "somebody@else.example", "id": 26570,
                "ts_event": 1604933654, "message-id": f"<{number}@relay>",
                "X-Mailin-custom": f"tidemark:{token}"}

    def headers(self) -> dict:
        return {"Authorization": f"Bearer {self.secret}"}


class Mailgun(Service):
    name = "mailgun"
    settings = "{name: mailgun, secret_env: MAIL_KEY}"
    count = 0
    cases = [(("failed", "permanent", "bounce"), "hard"), (("failed", "permanent", "old"), "soft"),
             (("failed", "temporary", "generic"), None), (("complained",), "complaint"),
             (("unsubscribed",), "withdrawn"), (("delivered",), "delivered"), (("opened",), None),
             (("failed", "permanent", "suppress-unsubscribe"), "withdrawn")]

    def event(self, words: tuple, token: str, number: int) -> dict:
        return dict(zip(("event", "severity", "reason"), words)) | {
            "id": f"e{number}", "recipient": "somebody@else.example",
            "message": {"headers": {"message-id": f"{token}@shop.example"}}}

    def call(self, events: list[dict], age: int = 0) -> list:
        out = []
        for e in events:
            Mailgun.count += 1
            now, word = str(int(time.time()) - age), f"word{Mailgun.count:046}"
            mark = hmac.new(b"key", (now + word).encode(), hashlib.sha256).hexdigest()
            out.append((json.dumps({"signature": {"timestamp": now, "token": word,
                                                  "signature": mark}, "event-data": e}).encode(), {}))
        return out

    def wrong(self, body: bytes, headers: dict) -> list:
        told = json.loads(body)
        other = told | {"signature": told["signature"] | {"timestamp": "1"}}
        none = told | {"signature": {}}
        return [(json.dumps(x).encode(), {}) for x in (other, none)] + [
            self.call([told["event-data"]], age)[0] for age in (13 * 3600, -600)]


class SendGrid(Service):
    name = "sendgrid"
    settings = "{name: sendgrid, secret_file: sendgrid.key}"
    cases = [(("bounce", "bounce"), "hard"), (("bounce", "blocked"), "soft"), (("deferred",), None),
             (("dropped", None, "Bounced Address"), "hard"), (("spamreport",), "complaint"),
             (("unsubscribe",), "withdrawn"), (("group_unsubscribe",), "withdrawn"),
             (("delivered",), "delivered"), (("processed",), None),
             (("dropped", None, "Spam Content"), None)]

    def ready(self, folder: str) -> None:
        self.key = str(pathlib.Path(self.top, "ec.pem"))
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key)
        public = openssl("ec", "-in", self.key, "-pubout", "-outform", "DER")
        pathlib.Path(folder, "sendgrid.key").write_bytes(base64.b64encode(public) + b"\n")

    def event(self, words: tuple, token: str, number: int) -> dict:
        return {k: v for k, v in zip(("event", "type", "reason"), words) if v} | {
            "email": "somebody@else.example", "timestamp": 1513299569, "tidemark": token,
            "sg_event_id": f"e{number}", "smtp-id": f"<{number}@ismtpd>"}

    def call(self, events: list[dict], age: int = 0) -> list:
        body, now = json.dumps(events).encode(), str(int(time.time()) - age)
        mark = openssl("dgst", "-sha256", "-sign", self.key, data=now.encode() + body)
        return [(body, {"X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(mark).decode(),
                        "X-Twilio-Email-Event-Webhook-Timestamp": now})]

    def wrong(self, body: bytes, headers: dict) -> list:
        later = headers | {"X-Twilio-Email-Event-Webhook-Timestamp": str(int(time.time()) + 1)}
        stale = [self.call(json.loads(body), age)[0] for age in (26 * 3600, -600)]
        none = headers | {"X-Twilio-Email-Event-Webhook-Signature": "AAAA"}
        return [(body, {}), (body + b" ", headers), (body, later), (body, none)] + stale


class Ses(Service):
    name = "ses"
    settings = f'{{name: ses, topic: "{TOPIC}", certificate_file: sns.pem}}'
    cases = [(("Bounce", "Permanent", "General"), "hard"), (("Bounce", "Transient", "MailboxFull"), "soft"),
             (("Bounce", "Transient", "General"), "soft"), (("Bounce", "Transient", "auto"), None),
             (("Complaint", "abuse"), "complaint"), (("Complaint", "not-spam"), None),
             (("Subscription", True), "withdrawn"), (("Subscription", False), None),
             (("Delivery",), "delivered"), (("DeliveryDelay",), None)]

    def ready(self, folder: str) -> None:
        self.key = str(pathlib.Path(self.top, "sns.key"))
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-days", "30",
                "-subj", "/CN=sns.amazonaws.com", "-out", str(pathlib.Path(folder, "sns.pem")))

    def event(self, words: tuple, token: str, number: int) -> dict:
        told = {"eventType": words[0], "mail": {"source": f"{token}@bounce.shop.example",
                                                "messageId": f"m{number}"}}
        if words[0] == "Bounce":
            status = {} if words[2] == "auto" else {"status": "5.1.1", "action": "failed"}
            told["bounce"] = {"bounceType": words[1],
                              "bounceSubType": "General" if words[2] == "auto" else words[2],
                              "bouncedRecipients": [{"emailAddress": "x@else.example"} | status]}
        elif words[0] == "Complaint":
            told["complaint"] = {"complaintFeedbackType": words[1]}
        elif words[0] == "Subscription":
            told["subscription"] = {"newTopicPreferences": {"unsubscribeAll": words[1]}}
        return told

    def sign(self, told: dict, names: tuple, version: str) -> bytes:
        text = "".join(f"{n}\n{told[n]}\n" for n in names if n in told)
        mark = openssl("dgst", "-sha256" if version == "2" else "-sha1", "-sign", self.key,
                       data=text.encode())
        return json.dumps(told | {"Signature": base64.b64encode(mark).decode()}).encode()

    def call(self, events: list[dict], **more) -> list:
        out = []
        for i, e in enumerate(events):
            version = "12"[i % 2]
            told = {"Type": "Notification", "MessageId": f"n{i}", "TopicArn": TOPIC,
                    "Message": json.dumps(e), "Timestamp": moment(),
                    "SignatureVersion": version,
                    "SigningCertURL": "https://sns.eu-central-1.amazonaws.com/"
                                      "SimpleNotificationService-1.pem"} | more
            if i % 3 == 0:
                told["Subject"] = "Amazon SES Email Event Notification"
            names = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
            out.append((self.sign(told, names, version), {"Content-Type": "text/plain"}))
        return out

    def wrong(self, body: bytes, headers: dict) -> list:
        told = json.loads(body)
        events = [json.loads(told["Message"])]
        other = self.call(events, TopicArn=TOPIC + "2")
        stale = [self.call(events, Timestamp=t)[0] for t in (moment(9 * 3600), moment(-600), "", "soon")]
        asks = {"Type": "SubscriptionConfirmation", "MessageId": "n", "TopicArn": TOPIC,
                "Message": "You have chosen", "Timestamp": moment(), "Token": "t",
                "SubscribeURL": "https://sns.evil.example/?Action=ConfirmSubscription",
                "SignatureVersion": "2"}
        names = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
        return [(json.dumps(told | {"Message": told["Message"] + " "}).encode(), {}),
                (json.dumps(told | {"Signature": ""}).encode(), {}),
                (json.dumps(told | {"SignatureVersion": "3"}).encode(), {}), other[0],
                (self.sign(asks, names, "2"), {})] + stale


REASONS = {"hard": "bounced", "complaint": "complaint", "withdrawn": "unsubscribed"}


class Shop:
    def __init__(self, service: Service, folder: str, mail: Sink) -> None:
        self.service, self.folder, self.mail = service, folder, mail
        self.people = [f"ok.{service.name}{i}@a.example" for i in range(len(service.cases) + 2)]

    def begin(self) -> None:
        rows = "".join(f"{a}\t1\tm\t{DATA}\n" for a in self.people)
        subprocess.run([tool, "plan", self.folder], input=rows, text=True, check=True)
        self.service.ready(self.folder)

    def told(self) -> dict:
        return json.loads(self.owner.ask("GET", API + "/sending")[2])

    def closed(self, address: str) -> str | None:
        return json.loads(self.owner.ask("POST", API + "/suppression/check",
                                         {"who": address, "channel": "email"})[2])["reason"]

    def tokens(self) -> dict[str, str]:
        found = {}
        for text in list(self.mail.texts.values()):
            to = re.search(rb"^To: .*?([^ <>]+@[^ <>\r\n]+)", text, re.M).group(1).decode()
            head = text.split(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
            found[to] = re.search(rb"^Message-ID: <([^@]+)@", head, re.M | re.I).group(1).decode()
            self.head = head.decode("latin1")
        return found

    def post(self, body: bytes, headers: dict) -> int:
        return self.nobody.ask("POST", f"/returns/{self.service.name}", raw=body,
                               headers={"Content-Type": "application/json"} | headers)[0]

    def run(self, server: Server) -> None:
        name, cases = self.service.name, self.service.cases
        self.owner, self.nobody = Client(server).first_owner(), Client(server)
        check(until(lambda: sum(m["n"] for m in self.told()["messages"]
                                if m["state"] == "accepted") == len(self.people)),
              f"{name}: the messages leave", self.told())
        token = self.tokens()
        check(token[next(reversed(token))] in self.head.split("Message-ID")[0] +
              self.head.split("Message-ID")[1].split("\r\n", 1)[1],
              f"{name}: each carries a header that the service tells back", self.head)
        events = [self.service.event(words, token[self.people[i]], i)
                  for i, (words, _) in enumerate(cases)]
        spare = self.people[len(cases)]
        hard = next(w for w, meant in cases if meant == "hard")
        good = self.service.call([self.service.event(hard, token[spare], 99)])[0]
        answers = [self.post(b, h) for b, h in self.service.wrong(*good)]
        answers += [self.post(b"", {}), self.post(b"{", {}), self.post(b"[]", {}), self.post(b"[" * 900, {})]
        check(set(answers) == {403}, f"{name}: what is not proven is refused", answers)
        check(self.nobody.ask("POST", "/returns/other", raw=good[0], headers=good[1])[0] == 404,
              f"{name}: no other service is believed")
        forged = token[spare][:12] + ("a" if token[spare][12] != "a" else "b") + token[spare][13:]
        calls = self.service.call([self.service.event(hard, forged, 98), self.service.event(hard, "-", 97)])
        check({self.post(b, h) for b, h in calls} == {200} and self.closed(spare) is None and
              self.closed("somebody@else.example") is None,
              f"{name}: an event that names no message of ours counts for nobody")
        for _ in range(2):
            answers = [self.post(b, h) for b, h in self.service.call(events)]
            if set(answers) != {200}:
                check(False, f"{name}: events are taken", answers)
        found = [self.closed(a) for a in self.people[:len(cases)]]
        check(found == [REASONS.get(meant) for _, meant in cases],
              f"{name}: each means for its reader what it says", list(zip(cases, found)))
        campaign = next(c for c in self.told()["campaigns"] if c["campaign"] == 1)
        counts = {k: campaign[k] for k in ("hard", "soft", "complaint", "withdrawn", "delivered")}
        check(counts == {k: [m for _, m in cases].count(k) for k in counts},
              f"{name}: and counts once for the campaign, however often it is told", counts)
        self.again(events, token)

    def again(self, events: list[dict], token: dict[str, str]) -> None:
        """A withdrawal that is told again does not stand against a newer subscription."""
        at = [meant for _, meant in self.service.cases].index("withdrawn")
        self.owner.ask("POST", API + "/consent", {
            "who": self.people[at], "channel": "email", "state": "granted", "proof": "form 7"})
        before = self.closed(self.people[at])
        for body, headers in self.service.call([events[at]]):
            self.post(body, headers)
        check(before is None and self.closed(self.people[at]) is None,
              f"{self.service.name}: an old withdrawal does not stand against a newer subscription",
              before)


def by_mail(shop: Shop, folder: str) -> None:
    """What comes back into a folder counts while the server runs, a mailbox that cannot be read is told."""
    last = shop.people[-1]
    for name in ("new", "cur", "tmp"):
        os.makedirs(pathlib.Path(folder, "back", name))
    settings = pathlib.Path(folder, "tidemark.yaml")
    settings.write_text(settings.read_text() + "  bounce_folder: back\n"
                        "  mailbox: {url: \"imap://127.0.0.1:9/\", user: a, password_env: MAIL_KEY}\n")
    pathlib.Path(folder, "back", "new", "1.a").write_text(
        f"From: MAILER-DAEMON@mx.example\nTo: {shop.tokens()[last]}@bounce.shop.example\nSubject: Undelivered\n"
        "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
        "--x\nContent-Type: text/plain\n\nNo.\n--x\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; x@else.example\nAction: failed\n"
        "Status: 5.1.1\n\n--x--\n")
    check(until(lambda: shop.closed(last) == "bounced"), "a report in the folder closes the address")
    check(until(lambda: os.listdir(pathlib.Path(folder, "back", "cur")) == ["1.a:2,S"]), "and goes to the read ones")
    check(until(lambda: "mailbox" in (shop.told()["problem"] or "")), "a mailbox that cannot be read is told",
          shop.told())
    check(shop.told()["state"] == "ready", "and holds up nothing", shop.told())


with tempfile.TemporaryDirectory() as top:
    for service in (Ses(top), Postmark(top), Mailgun(top), SendGrid(top), Brevo(top)):
        folder = str(pathlib.Path(top, service.name))
        os.mkdir(folder)
        mail = Sink()
        pathlib.Path(folder, "tidemark.yaml").write_text(
            settings(mail.port, "bounce_domain: bounce.shop.example",
                     f"provider: {service.settings}"))
        if service.name == "sendgrid":  # the settings are read before the key is there
            pathlib.Path(folder, "sendgrid.key").write_text("")
        shop = Shop(service, folder, mail)
        shop.begin()
        server = Server(folder, options=("--public-url", BASE), env={"MAIL_KEY": "key"})
        shop.run(server)
        if service.name == "brevo":
            by_mail(shop, folder)
        check(server.end() == 0, f"{service.name}: the server ends in order")
        mail.stop()
end()
