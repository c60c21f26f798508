#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What we sign, another program's DKIM (dkimpy, Debian's python3-dkim) verifies, and no more.

    sign.py MAIL_TOOL
"""
import os
import pathlib
import subprocess
import sys
import tempfile

from tap import Tap

DEBIAN = "/usr/bin/python3"
try:
    import dkim
    import nacl.signing  # noqa: F401 - what dkimpy verifies Ed25519 with
except ImportError:
    # Debian's packages are seen by its own Python alone.
    if os.path.exists(DEBIAN) and os.path.realpath(sys.executable) != os.path.realpath(DEBIAN):
        os.execv(DEBIAN, [DEBIAN, *sys.argv])
    print("1..0 # SKIP python3-dkim and python3-nacl are not installed")
    sys.exit(0)

tap = Tap()
tool = sys.argv[1]
KEYS = {"rsa": ["genrsa", "-out"], "ed25519": ["genpkey", "-algorithm", "ed25519", "-out"]}


def verifies(message: bytes, record: str) -> bool:
    name, text = record.split(" ", 1)
    try:
        return dkim.verify(message, minkey=2048,
                           dnsfunc=lambda asked, timeout=5:
                           text.encode() if asked.rstrip(b".") == name.encode() else b"")
    except dkim.DKIMException:
        return False


with tempfile.TemporaryDirectory() as folder:
    for kind, command in KEYS.items():
        key = pathlib.Path(folder) / f"{kind}.pem"
        subprocess.run(["openssl", *command, str(key)] + (["2048"] if kind == "rsa" else []),
                       check=True, stderr=subprocess.DEVNULL)
        record = subprocess.run([tool, "record", key, "shop.example", "s1"], check=True,
                                capture_output=True).stdout.decode()
        message = subprocess.run([tool, "write", key, "shop.example", "s1"], check=True,
                                 capture_output=True).stdout
        tap.check(verifies(message, record), f"{kind}: a signed message verifies")
        for name in (b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Reply-To",
                     b"List-Unsubscribe", b"List-Unsubscribe-Post", b"MIME-Version",
                     b"Content-Type"):
            line = b"\r\n" + name + b": "
            tap.check(line in message, f"{kind}: {name.decode()} is there")
            tap.check(not verifies(message.replace(line, line + b"x", 1), record),
                      f"{kind}: {name.decode()} cannot be changed")
            tap.check(not verifies(name + b": <https://evil.example/>\r\n" + message, record),
                      f"{kind}: no second {name.decode()} can be added")
        tap.check(not verifies(message.replace(b"4Liq4Lin", b"4Liq4Lio", 1), record),
                  f"{kind}: the body cannot be changed")
        tap.check(verifies(message.replace(b"Subject: ", b"subject:   ", 1), record),
                  f"{kind}: other blanks and letters of names do no harm")
        tap.check(verifies(b"Received: from a by b\r\n" + message + b"\r\n", record),
                  f"{kind}: nor do a Received and an empty line at the end")
tap.done()
