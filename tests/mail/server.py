#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Through a real mail server (Exim, as Debian has it) into mailboxes, and read back: what arrives is
what was written, signature and all.

    server.py MAIL_TOOL
"""
import email
import email.policy
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from tap import Tap

EXIM = shutil.which("exim4") or "/usr/sbin/exim4"
if not os.path.exists(EXIM):
    print("1..0 # SKIP Exim (exim4-daemon-light) is not installed")
    sys.exit(0)
if os.getuid() != 0:
    # Only root and Exim's own user may start it.
    print("1..0 # SKIP Exim is started by root alone")
    sys.exit(0)
DEBIAN = "/usr/bin/python3"
try:
    import dkim
except ImportError:
    if os.path.exists(DEBIAN) and os.path.realpath(sys.executable) != os.path.realpath(DEBIAN):
        os.execv(DEBIAN, [DEBIAN, *sys.argv])
    dkim = None

CONFIG = """
primary_hostname = mail.example
keep_environment =
domainlist local = *.example
spool_directory = {folder}/spool
log_file_path = {folder}/log/%slog
pid_file_path = {folder}/pid
local_interfaces = <; 127.0.0.1.{port}
acl_smtp_rcpt = check
deliver_drop_privilege = true
smtp_accept_queue_per_connection = 0
smtp_accept_max = 60
tls_advertise_hosts = *
tls_certificate = {folder}/s.pem
tls_privatekey = {folder}/s.key
host_lookup =
rfc1413_query_timeout = 0s
begin acl
check:
  deny local_parts = nobody
       message = 550 5.1.1 no such user here
  accept domains = +local
  deny message = 550 5.7.1 not ours
begin routers
all:
  driver = accept
  transport = box
begin transports
box:
  driver = appendfile
  directory = {folder}/boxes/all
  create_directory
  maildir_format
  user = {user}
begin retry
* * F,1h,1m
"""

tap = Tap()
tool = sys.argv[1]
exim = pwd.getpwnam("Debian-exim")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(what, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return False


def listens(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def send(port: int, addresses: list[str], *settings: str) -> list[list[str]]:
    out = subprocess.run([tool, "send", "localhost", str(port), "tls=2", *settings],
                         input="".join(f"{a}\n" for a in addresses), capture_output=True,
                         text=True, check=True).stdout
    rows = [line.split("\t") for line in out.splitlines() if not line.startswith("counts")]
    return sorted(rows, key=lambda r: int(r[0]))


def body(message: bytes) -> bytes:
    return message.replace(b"\r\n", b"\n").split(b"\n\n", 1)[1]


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    port = free_port()
    for kind, words in {"key.pem": ["genrsa", "-out", "key.pem", "2048"],
                        "s.pem": ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                                  "s.key", "-out", "s.pem", "-days", "30", "-subj",
                                  "/CN=localhost", "-addext",
                                  "subjectAltName=DNS:localhost"]}.items():
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    (folder / "config").write_text(CONFIG.format(folder=folder, port=port, user=exim.pw_name))
    for place in ("spool", "boxes"):
        (folder / place).mkdir()
    folder.chmod(0o755)
    for path, owner in (("spool", exim), ("boxes", exim), ("s.key", exim)):
        os.chown(folder / path, owner.pw_uid, owner.pw_gid)
    (folder / "log").mkdir()
    os.chown(folder / "log", exim.pw_uid, exim.pw_gid)
    server = subprocess.Popen([EXIM, "-C", str(folder / "config"), "-bdf", "-q5s"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        if not wait_until(lambda: listens(port) or server.poll() is not None) or server.poll():
            print(f"1..0 # SKIP Exim does not start here: {server.stderr.read().decode()[:200]}")
            sys.exit(0)
        n = 150
        addresses = [f"box{i % 5}@d{i % 7}.example" for i in range(n)] + [
            "nobody@d1.example", "a@elsewhere.test"]
        rows = send(port, addresses, f"ca={folder / 's.pem'}", f"key={folder / 'key.pem'}",
                    "per_connection=20")
        outcomes = [r[1] for r in rows]
        tap.check(outcomes == ["accepted"] * n + ["failed"] * 2, f"{n} accepted, two refused",
                  str(rows[-3:]))
        tap.check(rows[n][4] == "5.1.1" and rows[n][5] == "1", "an address that is dead is told so")
        tap.check(rows[n + 1][4] == "5.7.1" and rows[n + 1][5] == "0", "and one that is not")

        def delivered() -> list[pathlib.Path]:
            return sorted(folder.glob("boxes/*/new/*"))
        tap.check(wait_until(lambda: len(delivered()) >= n, 60), "all are in their mailboxes",
                  f"{len(delivered())} of {n}\n" +
                  "".join((folder / "log/mainlog").read_text().splitlines(True)[-8:]))
        ids = [email.message_from_bytes(p.read_bytes())["Message-ID"] for p in delivered()]
        tap.check(sorted(ids) == sorted(f"<m{i}.abc@shop.example>" for i in range(n)),
                  "each once")
        written = subprocess.run([tool, "write", "-"], check=True, capture_output=True).stdout
        want = email.message_from_bytes(written, policy=email.policy.default)
        wrong = []
        for path in delivered():
            got = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            for header in ("From", "Subject", "Reply-To", "Date", "List-Id", "List-Unsubscribe",
                           "List-Unsubscribe-Post", "Feedback-ID"):
                if got.get_all(header) != want.get_all(header):
                    wrong.append(f"{path.name}: {header}: {got.get_all(header)}")
            for kind in ("plain", "html"):
                if (got.get_body((kind,)).get_content() !=
                        want.get_body((kind,)).get_content()):
                    wrong.append(f"{path.name}: the text in {kind}")
        tap.check(not wrong, "headers and texts are as they were written", "\n".join(wrong[:5]))
        record = subprocess.run([tool, "record", str(folder / "key.pem"), "shop.example", "s1"],
                                check=True, capture_output=True).stdout.split(b" ", 1)[1]
        if dkim:
            bad = [p.name for p in delivered()
                   if not dkim.verify(p.read_bytes().replace(b"\n", b"\r\n"),
                                      dnsfunc=lambda *_, **__: record)]
            tap.check(not bad, "the signature of each holds after the server added its own headers")
        else:
            tap.skip("the signature of each holds", "python3-dkim is not installed")
    finally:
        server.terminate()
        server.wait(30)
tap.done()
