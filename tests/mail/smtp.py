#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What became of each message is told as it was, and none is sent twice: against a mail server that
refuses, breaks off and lies by script (sink.py).

    smtp.py MAIL_TOOL [PART...]
"""
import collections
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import time

from sink import SCRIPTS, Sink
from tap import Tap

tap = Tap()
tool = sys.argv[1]
LONG = bool(os.environ.get("TIDEMARK_TEST_LONG"))
Answer = collections.namedtuple("Answer", "outcome about code status dead slower wait text at")

# Outcome, dead, slower. Where no answer came after the last line, only uncertain is the truth.
EXPECTED = {
    "ok": "accepted", "many": "accepted", "slow": "accepted", "drip": "accepted",
    "hard": "failed", "dead": "failed dead", "deadwords": "failed dead", "spam": "failed",
    "soft": "later", "slower": "later slower", "bye": "later slower", "nodata": "later",
    "full": "later", "endbye": "later slower",
    "dieatrcpt": "later", "dieatdata": "later",
    # The text and its end went out before the server was seen to be gone, or not: either is true.
    "dieattext": "later|uncertain",
    "dieatend": "uncertain", "half": "uncertain", "halfcode": "uncertain",
    "garbage": "uncertain", "oddcode": "uncertain", "mixed": "uncertain",
    "hang": "uncertain", "hangrcpt": "later", "hanglate": "accepted",
}
assert set(EXPECTED) == set(SCRIPTS)


def send(port: int, addresses: list[str], *settings: str, seconds: float = 120,
         server: str = "127.0.0.1"):
    """Answers by number of the address, and the counts; None where the settings are refused."""
    process = subprocess.Popen([tool, "send", server, str(port), *settings],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    begun = time.monotonic()
    process.stdin.write("".join(f"{a}\n" for a in addresses))
    process.stdin.close()
    answers: dict[int, list[Answer]] = collections.defaultdict(list)
    counts = None
    for line in process.stdout:
        cells = line.rstrip("\n").split("\t")
        if cells[0] == "counts":
            counts = [int(c) for c in cells[1:]]
            continue
        answers[int(cells[0])].append(Answer(
            cells[1], cells[2], int(cells[3]), cells[4], cells[5] == "1", cells[6] == "1",
            int(cells[7]), cells[8], time.monotonic() - begun))
        if time.monotonic() - begun > seconds:
            process.kill()
    process.wait()
    process.message = process.stderr.read()
    return answers, counts, process


def as_told(name: str, addresses: list[str], answers, sink: Sink) -> None:
    """Each message has one answer, which is the truth, and was taken at most once."""
    wrong = []
    for i, address in enumerate(addresses):
        script = address.split(".")[0]
        got = answers.get(i, [])
        if len(got) != 1:
            wrong.append(f"{address}: {len(got)} answers")
            continue
        a = got[0]
        said = a.outcome + (" dead" if a.dead else "") + (" slower" if a.slower else "")
        if said not in EXPECTED[script].split("|"):
            wrong.append(f"{address}: {said}: {a.text}")
        taken = sink.taken[f"m{i}.abc@shop.example"]
        if taken > 1 or (a.outcome == "accepted" and taken != 1):
            wrong.append(f"{address}: {said} and taken {taken} times")
        if a.outcome == "later" and not 250 < a.wait < 350:
            wrong.append(f"{address}: later in {a.wait} s")
    tap.check(not wrong, f"{name}: {len(addresses)} messages, each with its one true answer, none"
              " taken twice", "\n".join(wrong[:10]))


def scripts() -> None:
    rounds = 40 if LONG else 4
    for pipelining in (True, False):
        sink = Sink(pipelining=pipelining)
        words = [w for w in SCRIPTS if not w.startswith("hang")] * rounds
        # A destination that asks for less gets less: each of these has one of its own.
        addresses = [f"{w}.{i}@" + (f"own{i}.example" if "slower" in EXPECTED[w]
                                    else f"d{i % 7}.example") for i, w in enumerate(words)]
        answers, _, _ = send(sink.port, addresses)
        as_told("pipelining" if pipelining else "one by one", addresses, answers, sink)
        sink.stop()
    sink = Sink()
    addresses = ["hang.1@a.example", "hangrcpt.2@b.example", "ok.3@c.example"]
    answers, _, _ = send(sink.port, addresses, "command_ms=700", "last_ms=700")
    as_told("servers that fall silent", addresses, answers, sink)
    sink.stop()
    sink = Sink()
    addresses = ["hang.1@a.example", "ok.2@b.example"]
    answers, _, _ = send(sink.port, addresses, "command_ms=60000", "last_ms=3000")
    as_told("a server that is silent after the last line", addresses, answers, sink)
    waited = answers[0][0].at if answers[0] else -1
    tap.check(3 <= waited <= 3 + 5, f"it is waited for as long as set: {waited:.1f} s of 3")
    sink.stop()


def many() -> None:
    n = 20000 if LONG else 2000
    sink = Sink()
    addresses = [f"ok.{i}@d{i % 50}.example" for i in range(n)]
    answers, counts, _ = send(sink.port, addresses, "connections=6", "pending=500")
    as_told("many", addresses, answers, sink)
    tap.check(sink.most_open <= 6, f"at most six connections, {sink.most_open} seen")
    tap.check(n / 100 <= sink.opened <= n / 100 + 12,
              f"each used for a hundred messages: {sink.opened} for {n}")
    tap.check(counts == [sink.opened, n], f"what is counted is so: {counts}")
    text = sink.texts["m7.abc@shop.example"]
    tap.check(b"\r\n.\r\n" not in text and text.endswith(b"--\r\n"), "the text came whole")
    sink.stop()
    sink = Sink(close_after=1)
    answers, _, _ = send(sink.port, addresses[:300])
    as_told("a server that leaves after each message", addresses[:300], answers, sink)
    sink.stop()
    sink = Sink(connections=2)
    answers, _, _ = send(sink.port, addresses[:300], "connections=8")
    as_told("a server that bears two connections", addresses[:300], answers, sink)
    sink.stop()


def black_hole() -> None:
    sink = Sink()
    addresses = []
    for i in range(600):
        addresses.append(f"ok.{i}@good{i % 10}.example" if i % 3 else f"hang.{i}@black.example")
    answers, _, _ = send(sink.port, addresses, "connections=8", "pending=100", "stop_ms=15000",
                         "last_ms=60000")
    good = [answers[i][0].at for i, a in enumerate(addresses)
            if a.startswith("ok") and answers[i] and answers[i][0].outcome == "accepted"]
    black = [answers[i][0] for i, a in enumerate(addresses) if a.startswith("hang") and answers[i]]
    tap.check(len(good) == 400, f"a destination that swallows: the other {len(good)} all arrive")
    tap.check(bool(good) and max(good) < min(a.at for a in black),
              "and before anything is heard of it")
    uncertain = sum(a.outcome == "uncertain" for a in black)
    tap.check(1 <= uncertain <= 4 and all(a.outcome in ("uncertain", "later") for a in black),
              f"what had gone to it when sending ended is uncertain ({uncertain}), the rest later")
    sink.stop()


def refusals() -> None:
    addresses = [f"ok.{i}@d.example" for i in range(5)]
    sink = Sink(mail="550 5.7.1 we do not know you")
    answers, _, _ = send(sink.port, addresses)
    tap.check(all(len(answers[i]) == 1 and answers[i][0].outcome == "later"
                  and answers[i][0].about == "server" for i in range(5)),
              "a sender who is refused loses no message, and it is said that it is about him")
    sink.stop()
    sink = Sink(greeting="554 5.3.2 not today")
    answers, _, _ = send(sink.port, addresses)
    tap.check(all(len(answers[i]) == 1 and answers[i][0].outcome == "later"
                  and answers[i][0].about == "server" and "not today" in answers[i][0].text
                  for i in range(5)), "a server that takes nobody is quoted")
    port = sink.port
    sink.stop()
    answers, _, _ = send(port if port != 1 else 2, ["ok.1@d.example"], "connect_ms=800")
    tap.check(answers[0][0].outcome == "later" and answers[0][0].about == "server",
              "nor does one that is not there")
    sink = Sink()
    addresses = ["ok.0@d.example", "a b@d.example", "ok.2@d.example", "", "é@d.example",
                 "x@y.example>\r", "ok.6@d.example"]
    answers, _, _ = send(sink.port, addresses)
    tap.check([answers[i][0].outcome for i in range(7)] ==
              ["accepted", "invalid", "accepted", "invalid", "invalid", "invalid", "accepted"],
              "addresses that are none stop nobody else",
              str([answers[i] for i in range(7)]))
    sink.stop()
    for bad in (["per_connection=0"], ["connections=65"], ["user=a", "password=b", "tls=1"]):
        _, _, process = send(25, [], *bad)
        tap.check(process.returncode == 1 and bool(process.message),
                  f"{' '.join(bad)} is refused: {process.message.strip()}")
    _, _, process = send(25, [], server="a/b")
    tap.check(process.returncode == 1, "so is a server's name that is none")


def certificates(folder: pathlib.Path) -> None:
    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], check=True, cwd=folder, capture_output=True)
    for ca in ("ca", "other"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{ca}.key", "-out",
                f"{ca}.pem", "-days", "30", "-subj", f"/CN={ca}")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "s.key", "-out", "s.csr", "-subj",
            "/CN=localhost")
    (folder / "san").write_text("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", "s.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "30",
            "-CAcreateserial", "-extfile", "san", "-out", "s.pem")


def tls() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        certificates(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "s.pem", folder / "s.key")
        addresses = [f"ok.{i}@d{i % 3}.example" for i in range(60)]
        ours, others = f"ca={folder / 'ca.pem'}", f"ca={folder / 'other.pem'}"

        def through(sink: Sink, want: bool, what: str, *settings: str,
                    server: str = "localhost") -> None:
            answers, _, _ = send(sink.port, addresses, "connect_ms=5000", *settings, server=server)
            good = all(len(answers[i]) == 1 and answers[i][0].outcome ==
                       ("accepted" if want else "later") for i in range(60))
            tap.check(good and (want or not sink.taken), what, str(answers[0]))
            sink.stop()
        sink = Sink(tls=context)
        through(sink, True, "STARTTLS with the authority that we trust", "tls=2", ours)
        tap.check(sink.secure == sink.opened, "every connection was secure")
        through(Sink(tls=context), False, "none with another one", "tls=2", others)
        through(Sink(tls=context), False, "none under another name", "tls=2", ours,
                server="127.0.0.1")
        through(Sink(), False, "none where STARTTLS is not offered", "tls=2", ours)
        sink = Sink(tls=context)
        through(sink, True, "opportunistic: any certificate", "tls=1", others)
        tap.check(sink.secure == sink.opened, "and it is used where it is offered")
        through(Sink(), True, "opportunistic: without where it is not offered", "tls=1")
        through(Sink(tls=context, implicit=True), True, "TLS from the first byte", "tls=3", ours)
        sink = Sink(tls=context, password="s3cret")
        through(sink, True, "signed in", "tls=2", ours, "user=shop", "password=s3cret")
        tap.check(sink.signed_in == sink.opened, "on every connection")
        through(Sink(tls=context, password="s3cret"), False, "none with a wrong password",
                "tls=2", ours, "user=shop", "password=wrong")


for part in sys.argv[2:] or ["scripts", "many", "black_hole", "refusals", "tls"]:
    globals()[part]()
tap.done()
