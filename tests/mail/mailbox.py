#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What comes back into a mailbox on a real mail server (Dovecot) is read each once: reports of dead addresses and complaints
count, everything else stays. mailbox.py SENDING_TOOL TIDEMARK. Prints TAP.
"""
import grp
import imaplib
import json
import os
import pathlib
import pwd
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from tap import Tap

DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"
if not os.access(DOVECOT, os.X_OK):
    print("1..0 # SKIP Dovecot (dovecot-imapd) is not installed")
    sys.exit(0)
tool, tidemark = (os.path.abspath(path) for path in sys.argv[1:3])
tap = Tap()
# Its processes keep to one ordinary user: root may not be theirs.
owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
CONFIG = """protocols = imap
base_dir = {top}/run
state_dir = {top}/state
log_path = {top}/log
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
ssl = yes
ssl_cert = <{top}/cert.pem
ssl_key = <{top}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:{top}/mail/%n
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={top}/home/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {plain}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
SETTINGS = """shop: Blue Hat
sending:
  marketing: {{name: Blue Hat, address: news@shop.example}}
  postal_address: "1 High Street, Town"
  bounce_domain: bounce.shop.example
  smtp: {{host: 127.0.0.1, port: 25, tls: off}}
  mailbox: {{url: "{url}", user: {user}, password_file: box.password{more}}}
"""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Dovecot:
    def __init__(self, top: pathlib.Path) -> None:
        self.top, self.plain, self.tls = top, free_port(), free_port()
        top.mkdir()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3",
                        "-keyout", str(top / "key.pem"), "-out", str(top / "cert.pem"), "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost"], check=True, capture_output=True)
        for name in ("run", "state", "mail", "home"):
            (top / name).mkdir()
        (top / "config").write_text(CONFIG.format(
            top=top, user=owner.pw_name, group=grp.getgrgid(owner.pw_gid).gr_name, uid=owner.pw_uid,
            gid=owner.pw_gid, plain=self.plain, tls=self.tls))
        for path in [top, *top.rglob("*")]:
            os.chown(path, owner.pw_uid, owner.pw_gid)
        self.start()

    def start(self) -> None:
        as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
        self.process = subprocess.Popen([DOVECOT, "-F", "-c", str(self.top / "config")], cwd=self.top, **as_owner)
        deadline = time.monotonic() + 60
        while True:
            try:
                self.box().logout()
                return
            except (OSError, imaplib.IMAP4.error):
                if time.monotonic() > deadline:
                    sys.exit(f"Dovecot did not come up: {(self.top / 'log').read_text()}")
                time.sleep(0.1)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def box(self, folder: str = "INBOX", user: str = "bounces") -> imaplib.IMAP4:
        box = imaplib.IMAP4("127.0.0.1", self.plain)
        box.login(user, "secret")
        box.select(folder)
        return box

    def put(self, *mails: bytes, user: str = "bounces") -> None:
        box = self.box(user=user)
        for mail in mails:
            assert box.append("INBOX", None, None, mail)[0] == "OK"
        box.logout()

    def seen(self, folder: str = "INBOX", user: str = "bounces") -> list[bool]:
        box = self.box(folder, user)
        found = box.uid("FETCH", "1:*", "(FLAGS)")[1]
        box.logout()
        return [b"\\Seen" in f for f in found if f]


def report(token: str, status: str = "5.1.1") -> bytes:
    return (f"From: MAILER-DAEMON@mx.example\r\nTo: {token}@bounce.shop.example\r\nSubject: Undelivered\r\n"
            "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n"
            "--x\r\nContent-Type: text/plain\r\n\r\nNo.\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; x@else.example\r\nAction: failed\r\n"
            f"Status: {status}\r\n\r\n--x--\r\n").encode()


def complaint(token: str) -> bytes:
    return ("From: fbl@box.example\r\nTo: abuse@shop.example\r\nSubject: complaint\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/report; report-type=feedback-report; boundary=x\r\n\r\n"
            "--x\r\nContent-Type: text/plain\r\n\r\nSpam.\r\n--x\r\nContent-Type: message/feedback-report\r\n\r\n"
            "Feedback-Type: abuse\r\nUser-Agent: a/1\r\nVersion: 1\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n"
            f"From: news@shop.example\r\nMessage-ID: <{token}@shop.example>\r\nSubject: s\r\n\r\nb\r\n--x--\r\n").encode()


def letter(subject: str, size: int = 0) -> bytes:
    return f"From: somebody@else.example\r\nSubject: {subject}\r\n\r\n".encode() + b"A line of a letter.\r\n" * (size // 21 + 1)


class Shop:
    """A workspace with messages that were sent, which reads one mailbox."""
    def __init__(self, top: pathlib.Path, people: int) -> None:
        self.top = top
        top.mkdir()
        (top / "tidemark.yaml").write_text("shop: Blue Hat\n")
        self.people = [f"p{i}@mail.example" for i in range(people)]
        subprocess.run([tool, "plan", str(top)], text=True, check=True,
                       input="".join(f"{a}\t1\tm\t{{}}\n" for a in self.people), stdout=subprocess.DEVNULL)
        told = subprocess.run([tool, "tokens", str(top)], text=True, check=True, capture_output=True).stdout
        self.token = {a: t for a, t in (line.split("\t") for line in told.splitlines())}
        self.word("secret")

    def word(self, word: str) -> None:
        (self.top / "box.password").write_text(word + "\n")

    def set(self, url: str, more: str = "", user: str = "bounces") -> None:
        (self.top / "tidemark.yaml").write_text(SETTINGS.format(url=url, user=user, more=more))

    def read(self, most: int = 100, answer_ms: int = 20000) -> tuple[list[int], str]:
        """hard, soft, complaints, other, not ours, whether there is more; what it complains about."""
        done = subprocess.run([tool, "mailbox", str(self.top), str(most), str(answer_ms)], text=True,
                              capture_output=True, timeout=300)
        return [int(n) for n in done.stdout.split()], done.stderr

    def check(self) -> tuple[bool, str]:
        """What `tidemark send check` says of the mailbox."""
        done = subprocess.run([tidemark, "send", "check", "--offline", "--json", "--lang", "en", "--workspace",
                               str(self.top)], text=True, capture_output=True, timeout=300)
        found = next(c for c in json.loads(done.stdout) if c["name"] == "mailbox")
        return found["good"], found["text"]

    def closed(self, *which: int) -> list[str]:
        told = subprocess.run([tool, "suppressed", str(self.top), *(self.people[i] for i in which)], text=True,
                              check=True, capture_output=True).stdout
        return [line.split("\t")[-1] for line in told.splitlines()]


def reads(top: pathlib.Path, server: Dovecot) -> None:
    shop = Shop(top / "shop", 20)
    token = [shop.token[a] for a in shop.people]
    forged = token[9][:12] + ("a" if token[9][12] != "a" else "b") + token[9][13:]
    shop.set(f"imaps://localhost:{server.tls}/", f", ca_file: {server.top}/cert.pem")
    server.put(report(token[0]), report(token[1], "4.2.2"), complaint(token[2]), report(forged), letter("hello"))
    found, why = shop.read()
    tap.check(found == [1, 1, 1, 0, 2, 0], "reports and complaints out of a mailbox count, over TLS", f"{found} {why}")
    closed = shop.closed(0, 1, 2, 9)
    tap.check(closed == ["bounced", "", "complaint", ""], "for whom they speak of alone", str(closed))
    tap.check(server.seen() == [True, True, True, False, False], "what is not ours stays unread", str(server.seen()))
    found, why = shop.read()
    tap.check(found == [0] * 6, "nothing is read twice", f"{found} {why}")

    server.stop()
    found, why = shop.read()
    tap.check(not found and "cannot be read" in why, "a server that is away is told", f"{found} {why}")
    server.start()
    server.put(*[report(t) for t in token[3:6]])
    found, why = shop.read(most=2)
    first = found
    found, why = shop.read()
    tap.check(first == [2, 0, 0, 0, 0, 1] and found == [1, 0, 0, 0, 0, 0], "then it goes on where it was",
              f"{first} {found} {why}")

    # As if it had died between taking in what it read and writing down that it did.
    books = sqlite3.connect(next(shop.top.rglob("outbox.db")))
    with books:
        books.execute("DELETE FROM mailbox")
    found, why = shop.read()
    rows = books.execute("SELECT count(*), count(DISTINCT message) FROM response").fetchone()
    books.close()
    tap.check(found == [4, 1, 1, 0, 2, 0] and rows == (6, 6), "what is read again after a crash counts once",
              f"{found} {rows} {why}")

    shop.word("wrong")
    found, why = shop.read()
    tap.check(not found and "refuses user and password" in why and "wrong" not in why.replace("wrong password", ""),
              "a wrong password is told, and not shown", why)
    shop.word("secret")
    shop.set(f"imaps://localhost:{server.tls}/Nowhere", f", ca_file: {server.top}/cert.pem")
    found, why = shop.read()
    tap.check(not found and "doesn't exist" in why, "a folder that is not there is told", why)
    shop.set(f"imaps://127.0.0.1:{server.tls}/", f", ca_file: {server.top}/cert.pem")
    found, why = shop.read()
    tap.check(not found and why, "a certificate of another name is not believed", why)
    shop.set(f"imaps://localhost:{server.tls}/")
    found, why = shop.read()
    tap.check(not found and "certificate" in why, "nor one that nobody vouches for", why)


def long_and_put_away(top: pathlib.Path, server: Dovecot) -> None:
    shop = Shop(top / "other", 6)
    token = [shop.token[a] for a in shop.people]
    url = f"imap://localhost:{server.plain}/INBOX"
    shop.set(url, user="long")
    huge = report(token[0])[:-len("--x--\r\n")] + b"--x\r\nContent-Type: message/rfc822\r\n\r\n" + letter("s", 50 << 20) + b"--x--\r\n"
    server.put(letter("big", 50 << 20), huge, report(token[1]), user="long")
    found, why = shop.read()
    tap.check(found == [2, 0, 0, 0, 1, 0], "of mails of 50 MB the beginning is read", f"{found} {why}")
    box = server.box(user="long")
    box.create("Done")
    box.logout()
    shop.set(url, ", move_to: Done", user="long")
    server.put(report(token[2]), letter("hello"), user="long")
    found, why = shop.read()
    tap.check(found == [1, 0, 0, 0, 1, 0] and len(server.seen("Done", "long")) == 1 and len(server.seen(user="long")) == 4,
              "what was read is moved, what is not ours is not", f"{found} {why}")
    shop.set(url, ", delete: yes", user="long")
    server.put(report(token[3]), letter("hello"), user="long")
    found, why = shop.read()
    tap.check(found == [1, 0, 0, 0, 1, 0] and len(server.seen(user="long")) == 5, "or deleted", f"{found} {why}")
    shop.set(url, ", move_to: Nowhere", user="long")
    server.put(report(token[4]), report(token[5]), user="long")
    first, why = shop.read()
    found, _ = shop.read()
    found, _ = shop.read()
    tap.check(not first and why and found == [0] * 6 and shop.closed(4, 5) == ["bounced", "bounced"],
              "a folder that is not there to move to is told, and holds up nothing", f"{first} {found} {why}")


def checked(top: pathlib.Path, server: Dovecot) -> None:
    """Tried before anything comes back: what is wrong is said in so many words."""
    shop = Shop(top / "checked", 1)
    ca, url = f", ca_file: {server.top}/cert.pem", f"imaps://localhost:{server.tls}/"
    server.put(letter("hello"), user="checks")
    shop.set(url, ca, user="checks")
    tap.check(shop.check() == (True, url), "a mailbox that can be read is well", str(shop.check()))
    tap.check(server.seen(user="checks") == [False], "and no mail of it was read")
    for address, more, words in (
            (f"imaps://nowhere.invalid:{server.tls}/", ca, "no server has the name of imaps://nowhere.invalid"),
            (f"imaps://localhost:{free_port()}/", ca, "nobody answers at imaps://localhost"),
            (url, "", "certificate of imaps://localhost"),
            (f"imaps://127.0.0.1:{server.tls}/", ca, "certificate of imaps://127.0.0.1"),
            (url, f", ca_file: {shop.top}/box.password", "ca_file holds no certificate"),
            (f"{url}Nowhere", ca, "doesn't exist: Nowhere"),
            (url, f"{ca}, move_to: Elsewhere", "doesn't exist: Elsewhere"),
            (f'{url}a%22b', ca, "without quotes")):
        shop.set(address, more, user="checks")
        good, why = shop.check()
        tap.check(not good and words in why, f"told before anything is sent: {words.split(' of ')[0]}", why)
    shop.set(url, ca, user="checks")
    shop.word("wrong")
    good, why = shop.check()
    tap.check(not good and "refuses user and password" in why, "a wrong password, too", why)
    (shop.top / "box.password").unlink()
    good, why = shop.check()
    tap.check(not good and "box.password" in why, "and one that is not there", why)


def stalls(top: pathlib.Path) -> None:
    """A server that says nothing, or nothing more."""
    shop = Shop(top / "stalled", 1)
    for name, lines in (("at once", []), ("after its greeting", [b"* OK ready\r\n"]),
                        ("in the middle", [b"* OK ready\r\n", b"* CAPABILITY IMAP4rev1\r\nA001 OK\r\n", b"A002 OK\r\n",
                                           b"* STATUS INBOX (UIDVAL"])):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            def serve(lines=lines, listening=listening) -> None:
                peer = listening.accept()[0]
                for i, line in enumerate(lines):
                    if i:
                        peer.recv(1000)
                    peer.sendall(line)
                while peer.recv(1000):
                    pass
            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            shop.set(f"imap://127.0.0.1:{listening.getsockname()[1]}/")
            began = time.monotonic()
            found, why = shop.read(answer_ms=2000)
            took = time.monotonic() - began
            tap.check(not found and "does not answer" in why and took < 20, f"a server that stalls {name} is left",
                      f"{took:.1f} s: {why}")


with tempfile.TemporaryDirectory() as folder:
    os.chmod(folder, 0o755)
    server = Dovecot(pathlib.Path(folder) / "server")
    try:
        reads(pathlib.Path(folder), server)
        long_and_put_away(pathlib.Path(folder), server)
        checked(pathlib.Path(folder), server)
    finally:
        server.stop()
    stalls(pathlib.Path(folder))
tap.done()
