#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes back to a return path, in the shapes of many servers, languages and encodings, each read as what it is.
shapes.py MAIL_TOOL. Prints TAP.

Every sample is synthetic: put together here out of the shapes, words and numbers that the servers' documentation and
sources have, about people who do not exist. `shapes.py MAIL_TOOL DIR` keeps them.
"""
import base64
import collections
import itertools
import os
import pathlib
import quopri
import subprocess
import sys
import tempfile

from tap import Tap

tap = Tap()
tool = os.path.abspath(sys.argv[1])
TOKEN = "b-aaaaaaaaaaaad3lc7y6tkwa7pbdgshyh6vh4f6y"
WHO = "ann@mail.example"

# What servers say: status, words, what it is.
REASONS = [
    ("5.1.1", "550 5.1.1 <{who}>: Recipient address rejected: User unknown in virtual mailbox table", "hard"),
    ("5.1.1", "550-5.1.1 The email account that you tried to reach does not exist", "hard"),
    ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {who} not found", "hard"),
    ("5.1.2", "550 5.1.2 Host or domain name not found", "hard"),
    ("5.1.3", "501 5.1.3 Bad recipient address syntax", "hard"),
    ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled", "hard"),
    ("5.0.0", "550 {who} No Such User Here", "hard"),
    ("5.0.0", "554 delivery error: dd This user doesn't have a yahoo.example account ({who})", "hard"),
    ("5.2.2", "552 5.2.2 The email account that you tried to reach is over quota", "soft"),
    ("4.2.2", "452 4.2.2 Mailbox full", "soft"),
    ("4.4.7", "451 4.4.7 Delivery time expired", "soft"),
    ("5.7.1", "550 5.7.1 Message rejected as spam by Content Filtering", "soft"),
    ("5.7.26", "550 5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy", "soft"),
    ("5.3.4", "552 5.3.4 Message size exceeds fixed maximum message size", "soft"),
    ("5.1.8", "553 5.1.8 Sender address rejected: Domain not found", "soft"),
    ("5.4.6", "554 5.4.6 Routing loop detected", "soft"),
]
# What stands above a report, for people.
GREETINGS = {
    "en": "Your message could not be delivered to one or more recipients.",
    "de": "Ihre Nachricht konnte nicht zugestellt werden. Wir bitten um Verständnis.",
    "fr": "Votre message n'a pas pu être remis à un ou plusieurs destinataires.",
    "es": "No se pudo entregar el mensaje. Dirección: véase más abajo.",
    "ja": "メールを配信できませんでした。",
    "ru": "Ваше сообщение не было доставлено получателю.",
    "zh": "您的邮件无法送达收件人。",
    "ar": "تعذّر تسليم رسالتك إلى المستلم.",
    "th": "ไม่สามารถส่งข้อความของคุณถึงผู้รับได้",
}


def encoded(text: str, how: str) -> tuple[str, str]:
    """The header of its encoding, and itself."""
    data = text.encode()
    if how == "base64":
        return "base64", base64.encodebytes(data).decode()
    if how == "quoted-printable":
        return how, quopri.encodestring(data).decode()
    return "8bit", text


def part(kind: str, text: str, how: str = "8bit") -> str:
    name, body = encoded(text, how)
    return f"Content-Type: {kind}\nContent-Transfer-Encoding: {name}\n\n{body}\n"


def original(whole: bool = True) -> str:
    head = (f"Return-Path: <{TOKEN}@bounce.shop.example>\nFrom: Shop <news@shop.example>\nTo: {WHO}\n"
            f"Subject: New in: does not exist elsewhere, 5.1.1 reasons\nMessage-ID: <{TOKEN}@shop.example>\n"
            f"MIME-Version: 1.0\nContent-Type: text/plain\n")
    return head + "\nUser unknown? No such user: this is what the shop wrote.\n" if whole else head


def head(sender: str, subject: str, **more: str) -> str:
    lines = {"From": sender, "To": f"{TOKEN}@bounce.shop.example", "Subject": subject,
             "Date": "Mon, 23 Nov 2026 10:00:00 +0000", "MIME-Version": "1.0"}
    lines |= {name.replace("_", "-"): value for name, value in more.items()}
    return "".join(f"{n}: {v}\n" for n, v in lines.items())


def multipart(kind: str, parts: list[str], boundary: str = "=_x/1") -> str:
    return (f"Content-Type: multipart/report; report-type={kind};\n\tboundary=\"{boundary}\"\n\n" +
            "".join(f"--{boundary}\n{p}\n" for p in parts) + f"--{boundary}--\n")


def report(fields: str, language: str, how: str, whole: bool) -> str:
    return multipart("delivery-status", [
        part("text/plain; charset=utf-8", GREETINGS[language], how if how != "8bit" else "8bit"),
        part("message/delivery-status", fields, how),
        part("message/rfc822" if whole else "text/rfc822-headers", original(whole))])


def postfix(status: str, words: str, action: str) -> tuple[str, str]:
    return ("MAILER-DAEMON@mx.mail.example (Mail Delivery System)",
            f"Reporting-MTA: dns; mx.mail.example\nX-Postfix-Queue-ID: 4ABC\nArrival-Date: Mon, 23 Nov 2026 09:00:00 +0000"
            f"\n\nFinal-Recipient: rfc822; {WHO}\nOriginal-Recipient: rfc822;{WHO}\nAction: {action}\nStatus: {status}\n"
            f"Remote-MTA: dns; mx.mail.example\nDiagnostic-Code: smtp; {words}\n")


def sendmail(status: str, words: str, action: str) -> tuple[str, str]:
    return ("Mail Delivery Subsystem <MAILER-DAEMON@relay.example>",
            f"Reporting-MTA: dns; relay.example\nReceived-From-MTA: DNS; shop.example\n\nFinal-Recipient: RFC822; {WHO}\n"
            f"Action: {action}\nStatus: {status}\nDiagnostic-Code: SMTP; {words}\nLast-Attempt-Date: Mon, 23 Nov 2026\n")


def exchange(status: str, words: str, action: str) -> tuple[str, str]:
    return ("postmaster@contoso.example",
            f"Reporting-MTA: dns;AM0PR01MB0001.contoso.example\nReceived-From-MTA: dns;shop.example\n\n"
            f"Original-Recipient: rfc822;{WHO}\nFinal-Recipient: rfc822;{WHO}\nAction: {action}\nStatus: {status}\n"
            f"Diagnostic-Code: smtp;{words}\nX-Display-Name: Ann\n")


def gmail(status: str, words: str, action: str) -> tuple[str, str]:
    folded = words.replace(" that ", "\n that ", 1)
    return ("Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
            f"Reporting-MTA: dns; googlemail.example\nReceived-From-MTA: dns; news@shop.example\n\n"
            f"Final-Recipient: rfc822; {WHO}\nAction: {action}\nStatus: {status}\nRemote-MTA: dns; mx.mail.example. (192.0.2.9,"
            f" the server for the domain mail.example.)\nDiagnostic-Code: smtp; {folded}\n")


def exim(status: str, words: str, action: str) -> tuple[str, str]:
    return ("Mail Delivery System <Mailer-Daemon@mx.mail.example>",
            f"Reporting-MTA: dns; mx.mail.example\n\nAction: {action}\nFinal-Recipient: rfc822;{WHO}\nStatus: 5.0.0\n"
            f"Remote-MTA: dns; mx2.mail.example\nDiagnostic-Code: smtp; {words}\n")


def reports() -> list[tuple[str, str, str]]:
    """Name, text, what it is."""
    out = []
    hows = itertools.cycle(["8bit", "base64", "quoted-printable"])
    wholes = itertools.cycle([True, False])
    for server in (postfix, sendmail, exchange, gmail, exim):
        for i, (status, words, kind) in enumerate(REASONS):
            for language in list(GREETINGS)[i % 3::3]:
                sender, fields = server(status, words.format(who=WHO), "failed")
                text = (head(sender, "Undelivered Mail Returned to Sender", Auto_Submitted="auto-replied") +
                        report(fields, language, next(hows), next(wholes)))
                out.append((f"{server.__name__}-{i}-{language}", text, kind))
        for language in GREETINGS:  # news of a delay is no bounce
            sender, fields = server("4.4.1", "connect to mx: Connection timed out", "delayed")
            if server is exim:
                fields = fields.replace("Status: 5.0.0", "Status: 4.4.1")
            out.append((f"{server.__name__}-delayed-{language}",
                        head(sender, "Delayed Mail (still being retried)") +
                        report(fields, language, next(hows), next(wholes)), "none"))
    return out


def words_alone() -> list[tuple[str, str, str]]:
    out = []
    for i, (status, words, kind) in enumerate(REASONS):
        words = words.format(who=WHO)
        bare = words.split(" ", 2)[2] if words[4:5].isdigit() else words.split(" ", 1)[1]
        qmail = (head("MAILER-DAEMON@mx.mail.example", "failure notice") + "\nHi. This is the qmail-send program at "
                 "mx.mail.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n"
                 "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
                 f"<{WHO}>:\n{bare} (#{status})\n\n--- Below this line is a copy of the message.\n\n" + original())
        told = (head("Mail Delivery System <Mailer-Daemon@mx.mail.example>", "Mail delivery failed: returning message to "
                     "sender", X_Failed_Recipients=WHO, Auto_Submitted="auto-replied") +
                "\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be "
                f"delivered to one or more of its recipients.\nThe following address(es) failed:\n\n  {WHO}\n"
                f"    SMTP error from remote mail server after RCPT TO:<{WHO}>:\n    {words}\n\n"
                "------ This is a copy of the message, including all the headers. ------\n\n" + original())
        out += [(f"qmail-{i}", qmail, kind), (f"exim-words-{i}", told, kind)]
    return out


def complaints() -> list[tuple[str, str, str]]:
    out = []
    kinds = {"abuse": "complaint", "fraud": "complaint", "opt-out": "complaint", "Abuse": "complaint",
             "not-spam": "none", "virus": "none", "other": "none"}
    for kind, how, language, whole in itertools.product(kinds, ("8bit", "base64", "quoted-printable"),
                                                        ("en", "ar", "th"), (True, False)):
        fields = (f"Feedback-Type: {kind}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n"
                  f"Original-Mail-From: <{TOKEN}@bounce.shop.example>\nArrival-Date: Mon, 23 Nov 2026 09:00:00 +0000\n"
                  f"Source-IP: 192.0.2.1\n" + ("" if how == "base64" else f"Original-Rcpt-To: {WHO}\n"))
        text = head("Feedback Loop <fbl@isp.example>", "[spam report] New in") + multipart("feedback-report", [
            part("text/plain; charset=utf-8", GREETINGS[language], how),
            part("message/feedback-report", fields, how),
            part("message/rfc822" if whole else "text/rfc822-headers", original(whole))])
        out.append((f"arf-{kind}-{how}-{language}-{'whole' if whole else 'head'}", text, kinds[kind]))
    return out


AWAY = {
    "en": ("Automatic reply: New in", "I am out of the office until Monday. My old address does not exist any more."),
    "en2": ("Out of Office: New in", "I no longer work here. The mailbox is full of joy, user unknown to me."),
    "en3": ("Vacation reply", "I am on vacation with limited access to e-mail. 5.1.1 is my favourite number."),
    "de": ("Abwesenheitsnotiz: Neu", "Ich bin bis Montag nicht im Büro. Ihre Nachricht wurde nicht weitergeleitet."),
    "fr": ("Réponse automatique : Nouveautés", "Je suis absente du bureau jusqu'à lundi."),
    "es": ("Respuesta automática: Novedades", "Estoy fuera de la oficina hasta el lunes."),
    "it": ("Risposta automatica: Novità", "Sono fuori ufficio fino a lunedì."),
    "nl": ("Automatisch antwoord: Nieuw", "Ik ben tot maandag niet op kantoor."),
    "pt": ("Resposta automática: Novidades", "Estou fora do escritório até segunda-feira."),
    "pl": ("Automatyczna odpowiedź: Nowości", "Jestem poza biurem do poniedziałku."),
    "tr": ("Otomatik yanıt: Yeni", "Pazartesiye kadar ofis dışındayım."),
    "ru": ("Автоответ: Новинки", "Меня нет в офисе до понедельника."),
    "ja": ("自動応答: 新着", "月曜日まで不在にしております。"),
    "zh": ("自动答复: 新品", "我外出休假，周一回来。"),
    "ar": ("رد تلقائي: وصل حديثًا", "أنا خارج المكتب حتى يوم الاثنين."),
    "th": ("ตอบกลับอัตโนมัติ: มาใหม่", "ฉันไม่อยู่ที่สำนักงานจนถึงวันจันทร์"),
}
MARKS = [{"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-replied (vacation)"}, {"X_Autoreply": "yes"},
         {"Precedence": "auto_reply"}, {"X_Auto_Response_Suppress": "All"}, {"X_Autorespond": "New in"}, {}]
CHALLENGES = [
    ("Please verify your message to Ann", "To deliver your message click the link: https://verify.example/x. Unless you do, it "
     "will be returned as undeliverable."),
    ("[Action required] Your message is waiting", "This mailbox is protected. Confirm that you are a person."),
    ("Re: New in (confirmation required)", "ข้อความของคุณถูกพักไว้ โปรดยืนยันว่าคุณเป็นคนจริง"),
    ("تأكيد مطلوب", "رسالتك قيد الانتظار. أكّد أنك إنسان لتصل."),
]


def answers() -> list[tuple[str, str, str]]:
    """Of machines and people: none of them is a bounce, a complaint or a withdrawal."""
    out = []

    def add(name: str, sender: str, subject: str, body: str, how: str, marks: dict) -> None:
        word = "=?utf-8?B?" + base64.b64encode(subject.encode()).decode() + "?="
        out.append((name, head(sender, word, In_Reply_To=f"<{TOKEN}@shop.example>", **marks) +
                    part("text/plain; charset=utf-8", body + "\n\n> User unknown? No such user.\n", how), "none"))
    hows = itertools.cycle(["8bit", "base64", "quoted-printable"])
    for (language, (subject, body)), (i, marks) in itertools.product(AWAY.items(), enumerate(MARKS)):
        add(f"away-{language}-{i}", f"Ann <{WHO}>", subject, body, next(hows), marks)
    for (language, (subject, body)), (i, marks) in itertools.product(list(AWAY.items())[:3], enumerate(MARKS)):
        add(f"away-postmaster-{language}-{i}", "Postmaster <postmaster@small.example>", subject, body, next(hows), marks)
    for (i, (subject, body)), how in itertools.product(enumerate(CHALLENGES), ("8bit", "base64", "quoted-printable")):
        add(f"challenge-{i}-{how}", "Verifier <challenge@verify.example>", subject, body, how,
            {"Auto_Submitted": "auto-generated"})
    for i, body in enumerate(("When do you open?", "Please stop", "متى تفتحون؟", "เปิดกี่โมง")):
        add(f"person-{i}", f"Ann <{WHO}>", "Re: New in", body, next(hows), {})
    return out


samples = reports() + words_alone() + complaints() + answers()
assert len({name for name, _, _ in samples}) == len(samples)
with tempfile.TemporaryDirectory() as top:
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else top)
    folder.mkdir(exist_ok=True)
    for i, (name, text, _) in enumerate(samples):
        lines = text if i % 2 else text.replace("\n", "\r\n")  # as folders and as mailboxes have it
        (folder / name).write_bytes(lines.encode())
    done = subprocess.run([tool, "bounce", *[str(folder / name) for name, _, _ in samples]],
                          capture_output=True, text=True, check=True)
read = [line.split("\t")[1] for line in done.stdout.splitlines()]
meant = {"auto-reply": "none", "other": "none"}
read = [meant.get(kind, kind) for kind in read]
wrong = [(name, kind, got) for (name, _, kind), got in zip(samples, read) if kind != got]
share = 1 - len(wrong) / len(samples)
print("#", collections.Counter(kind for _, _, kind in samples), f"{share:.4f}")
tap.check(len(read) == len(samples) >= 500, f"{len(samples)} samples are read", str(len(read)))
tap.check(share >= 0.99, f"{share:.1%} are what they are", repr(wrong[:20]))
tap.check(not [w for w in wrong if w[0].startswith(("away", "challenge", "person"))],
          "no answer, be it a machine's, is a bounce", repr(wrong[:20]))
tap.check(not [w for w in wrong if w[1] == "complaint"], "no complaint is missed", repr(wrong[:20]))
tap.check(not [w for w in wrong if w[2] == "complaint"], "and none is made up", repr(wrong[:20]))
tap.done()
