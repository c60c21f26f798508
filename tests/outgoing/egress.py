#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Requests go where they may, arrive at most once where they must, and what became of each is told as it
was: against a server that dies before and after it has read, and one that must never be asked.

    egress.py OUTGOING_TOOL
"""
import collections
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "mail"))
from tap import Tap  # noqa: E402

tap = Tap()
tool = sys.argv[1]
Answer = collections.namedtuple("Answer", "end status wait body text")


class Server(threading.Thread):
    """Does what the path says; counts whole requests by path, and connections."""

    def __init__(self, tls: ssl.SSLContext | None = None, family: int = socket.AF_INET):
        super().__init__(daemon=True)
        self.socket = socket.socket(family)
        self.socket.bind(("127.0.0.1" if family == socket.AF_INET else "::1", 0))
        self.socket.listen(64)
        self.port = self.socket.getsockname()[1]
        self.tls, self.connections = tls, 0
        self.taken: collections.Counter = collections.Counter()
        self.heads: dict[str, str] = {}
        self.start()

    def run(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            self.connections += 1
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        try:
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            connection.settimeout(20)
            while self.one(connection):
                pass
        except OSError:
            pass
        finally:
            connection.close()

    def one(self, connection: socket.socket) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return False
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        length = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")]
        while len(body) < int(length[0].split(b":")[1]):
            body += connection.recv(65536)
        self.taken[path] += 1
        self.heads[path] = head.decode() + "\n" + body.decode()
        return self.answer(connection, path)

    def answer(self, connection: socket.socket, path: str) -> bool:
        word = path.strip("/").split("/")[0]
        head = {"ok": "200 OK", "gone": "410 Gone", "busy": "429 Slow\r\nRetry-After: 77",
                "big": "200 OK", "cut": "200 OK", "last": "200 OK"}.get(word, "500 No")
        if word == "die":
            return False
        if word == "hang":
            threading.Event().wait(15)
            return False
        if word == "move":
            head = f"302 Found\r\nLocation: http://127.0.0.1:{self.port}/trap"
        body = b"x" * 5_000_000 if word == "big" else b"told"
        size = len(body) + (10 if word == "cut" else 0)
        connection.sendall(f"HTTP/1.1 {head}\r\nContent-Length: {size}\r\n\r\n".encode() + body)
        return word not in ("cut", "last")


def ask(*words: str, before: tuple[str, ...] = ()) -> dict[int, Answer]:
    out = subprocess.run([*before, tool, *words], capture_output=True, text=True, timeout=120)
    assert out.returncode == 0, out.stderr
    answers = {}
    for line in out.stdout.splitlines():
        cells = line.split("\t")
        tap_once = int(cells[0]) not in answers
        assert tap_once, "answered twice: " + line
        answers[int(cells[0])] = Answer(cells[1], int(cells[2]), int(cells[3]), cells[4], cells[5])
    return answers


def certificate(folder: str, name: str) -> tuple[str, ssl.SSLContext]:
    key, cert = f"{folder}/{name}.key", f"{folder}/{name}.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
                    cert, "-days", "30", "-subj", f"/CN={name}", "-addext",
                    f"subjectAltName=DNS:{name}" + (",IP:127.0.0.1" if name == "localhost" else "")],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context


def own_addresses() -> list[str]:
    found = {"127.0.0.1", "127.0.0.2", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "127.1"}
    found.add(socket.gethostname())
    for info in socket.getaddrinfo(socket.gethostname(), None):
        address = info[4][0].split("%")[0]
        found.add(f"[{address}]" if ":" in address else address)
    return sorted(found)


def never_inside() -> None:
    """never_42: a webhook into the shop's own network (mautic CVE-2022-25777, CVE-2025-9821)."""
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            server = Server(family=family)
        except OSError:
            tap.skip("IPv6 on the loopback", "this machine has none")
            continue
        urls = [f"http://{a}:{server.port}/ok" for a in own_addresses()]
        answers = ask("plain=1", "port=1", *urls)
        tap.check(len(answers) == len(urls) and server.connections == 0,
                  "no address of this machine is connected to, however it is written",
                  f"{server.connections} connections")
        tap.check(all(a.end in ("put", "not sent") for a in answers.values()), "each is told as not sent",
                  repr(answers))


def never_by_name() -> None:
    """A name of the internet that is a private address by the time of the connection."""
    server = Server()
    with tempfile.TemporaryDirectory() as folder:
        hosts = pathlib.Path(folder, "hosts")
        hosts.write_text("127.0.0.1 hook.shop.example\n10.1.2.3 two.shop.example\n"
                         "127.0.0.1 two.shop.example\n::1 six.shop.example\n")
        before = ("unshare", "-m", "sh", "-c", f"mount --bind {hosts} /etc/hosts && exec \"$@\"", "sh")
        if subprocess.run([*before, "true"], capture_output=True).returncode:
            tap.skip("names that lead inside", "only root may give this test names of its own")
            return
        names = ["hook", "two", "six"]
        urls = [f"http://{n}.shop.example:{server.port}/ok" for n in names]
        answers = ask("plain=1", "port=1", *urls, before=before)
        tap.check(server.connections == 0 and all("private network" in a.text and a.end == "not sent"
                                                  for a in answers.values()),
                  "names that lead inside are not connected to", repr(answers))
        answers = ask("plain=1", "port=1", "private=1", urls[0], before=before)
        tap.check(answers[0].status == 200, "where the owner allows it, they are", repr(answers))


def outcomes() -> None:
    server = Server()
    base = f"http://127.0.0.1:{server.port}"
    way = ("plain=1", "port=1", "private=1", "whole_ms=3000", "body={\"a\":1}")
    words = ["ok/1", "gone", "busy", "big", "cut", "die/1", "hang", "move", "ok/2"]
    a = ask(*way, "user=shop", "password=s3cret", *[f"{base}/{w}" for w in words])
    tap.check(a[0] == Answer("answered", 200, 0, "told", "") and a[8].status == 200, "answered", repr(a))
    tap.check(a[1].status == 410 and a[2].status == 429 and a[2].wait == 77, "refused, and when to come again")
    tap.check(a[3].end == "answered" and len(a[3].body) == 16 << 10, "a long answer is cut")
    tap.check(a[4].end == "answered" and a[4].status == 200, "an answer that breaks off after its status")
    tap.check(a[5].end == "unknown" and server.taken["/die/1"] == 1, "no answer after the request: unknown",
              repr((a[5], server.taken)))
    tap.check(a[6].end == "unknown", "no answer in time: unknown", repr(a[6]))
    tap.check(a[7].status == 302 and server.taken["/trap"] == 0, "a redirect is not followed")
    head = server.heads["/ok/1"]
    tap.check("Basic c2hvcDpzM2NyZXQ=" in head and head.endswith('{"a":1}') and "Tidemark/" in head and
              "Expect" not in head, "signed in, with its body", head)
    free = socket.socket()
    free.bind(("127.0.0.1", 0))
    a = ask(*way, f"http://127.0.0.1:{free.getsockname()[1]}/ok")
    tap.check(a[0].end == "not sent", "nobody listens: not sent", repr(a))
    a = ask(*way, "give_up=1", f"{base}/ok/3", f"{base}/ok/4")
    tap.check([x.end for x in a.values()] == ["not sent"] * 2 and not server.taken["/ok/3"],
              "given up before anything went out: not sent", repr(a))


def at_most_once() -> None:
    """A kept connection that died: what must not arrive twice goes over a new one."""
    server = Server()
    base = f"http://127.0.0.1:{server.port}"
    way = ("plain=1", "port=1", "private=1", "row=1", "connections=1")
    ask(*way, "once=1", f"{base}/ok/a", f"{base}/ok/b", f"{base}/die/c", f"{base}/ok/d")
    tap.check(server.connections == 4 and max(server.taken.values()) == 1,
              "a new connection each, none asked twice", repr((server.connections, server.taken)))
    server = Server()
    base = f"http://127.0.0.1:{server.port}"
    ask(*way, *[f"{base}/ok/{i}" for i in range(20)])
    tap.check(server.connections == 1, "else connections are kept", repr(server.connections))


def tls() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cert, context = certificate(folder, "localhost")
        _, other = certificate(folder, "elsewhere.example")
        server, wrong = Server(tls=context), Server(tls=other)
        way = ("port=1", "private=1", f"ca={cert}")
        a = ask(*way, f"https://localhost:{server.port}/ok", f"https://localhost:{wrong.port}/ok",
                f"http://localhost:{server.port}/ok")
        tap.check(a[0].status == 200, "https", repr(a))
        tap.check(a[1].end == "not sent" and not wrong.taken, "another's certificate: not sent", repr(a[1]))
        tap.check(a[2].end == "put" and "https://" in a[2].text, "http is refused", repr(a[2]))
        a = ask("port=1", "private=1", f"https://localhost:{server.port}/ok")
        tap.check(a[0].end == "not sent" and sum(server.taken.values()) == 1,
                  "a certificate that nobody vouches for: not sent", repr(a))


never_inside()
never_by_name()
outcomes()
at_most_once()
tls()
tap.done()
