# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stands before tidemark-node and makes searches slow: a search for "slow..." takes 25 seconds, one
for "short..." three. Named by TIDEMARK_NODE through a script that gives REAL, the node, and NOTE,
a file that is told where the node listens and what it wants to be asked with; then the node's own
arguments."""
import json
import os
import re
import socket
import subprocess
import sys
import threading

REAL, NOTE = sys.argv[1:3]
SEARCH = b"cityHash64('login', {q:String})"
STEPS = {b"slow": 50, b"short": 6}  # of half a second


def slowed(head: bytes, body: bytes) -> bytes:
    word = re.search(rb"[?&]param_q=(slow|short)", head)
    if SEARCH not in body or not word:
        return body
    wait = (b"SELECT toUInt64(number), 'x' FROM numbers(%d) WHERE sleepEachRow(0.5) = 1"
            % STEPS[word[1]])
    return (b"SELECT person, matched FROM (" + body + b") UNION ALL " + wait +
            b" SETTINGS max_block_size = 1, max_threads = 1")


def pump(source: socket.socket, to: socket.socket) -> None:
    try:
        while data := source.recv(1 << 16):
            to.sendall(data)
    except OSError:
        pass
    for end in (to, source):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client: socket.socket, port: int) -> None:
    node = socket.create_connection(("127.0.0.1", port))
    threading.Thread(target=pump, args=(node, client), daemon=True).start()
    waiting = b""
    try:
        while data := client.recv(1 << 16):
            waiting += data
            while b"\r\n\r\n" in waiting:
                head, rest = waiting.split(b"\r\n\r\n", 1)
                length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
                if not length:  # rows in chunks: as they come
                    node.sendall(waiting)
                    return pump(client, node)
                if len(rest) < int(length[1]):
                    break
                body, waiting = rest[:int(length[1])], rest[int(length[1]):]
                if b"/ping" not in head:
                    note(port, head)
                body = slowed(head, body)
                head = re.sub(rb"(?i)(\r\ncontent-length: *)\d+", rb"\g<1>%d" % len(body), head)
                node.sendall(head + b"\r\n\r\n" + body)
    except OSError:
        pass
    pump(client, node)


def note(port: int, head: bytes) -> None:
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:]
                   if line.lower().startswith(("x-", "authorization")))
    beside = f"{NOTE}.{threading.get_ident()}"
    with open(beside, "w", encoding="utf-8") as f:
        f.write(json.dumps({"port": port, "headers": headers}))
    os.replace(beside, NOTE)


def main() -> None:
    node = subprocess.Popen([REAL, *sys.argv[3:]], stdout=subprocess.PIPE)  # its input is ours
    door = socket.create_server(("127.0.0.1", 0))
    ready = node.stdout.readline().decode().split(" ")
    port = int(ready[1])
    ready[1] = str(door.getsockname()[1])
    sys.stdout.write(" ".join(ready))
    sys.stdout.flush()

    def take() -> None:
        while True:
            threading.Thread(target=serve, args=(door.accept()[0], port), daemon=True).start()
    threading.Thread(target=take, daemon=True).start()
    node.wait()


main()
