#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A copy is brought back beside a newer file of erasures: back.py TIDEMARK. Prints TAP.

People are erased and a source is forgotten after the copy was made. The server that gets the copy is
killed while it erases them again, and has answered nobody by then; the next one answers when they are
gone. Commands do the same. A file that cannot be believed lets nothing start.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from again import ALONE, send_alone
from client import Client, Server, check, end, tidemark
from erase import CANARIES, MAIL, files, live, revenue
from traces import hits, run, step_of


def make(shop: str, copy: str) -> dict:
    files(shop)
    server = Server(shop)
    owner = Client(server).first_owner()
    send_alone(server, live(server, owner)[1])
    old = json.loads(owner.ask("POST", "/api/v1/sources", {"name": "Old"})[2])
    event = {"type": "identify", "userId": "u9", "traits": {"email": "old.canary@example.com"},
             "messageId": "o1", "timestamp": "2026-11-02T10:00:00Z"}
    Client(server).ask("POST", "/v1/batch", {"writeKey": old["key"], "batch": [event]})
    check(server.end() == 0, "the server ends")
    with open(shop + "/tidemark.yaml", "a", encoding="utf-8") as f:
        f.write("erasures_file: ../erased/shop\n")
    run("import", "--workspace", shop, shop + "-in/events.csv", shop + "-in/orders.csv")
    shutil.copytree(shop, copy, symlinks=True)
    return old


def erase(folder: str, shop: str, old: dict) -> str:
    """What the file says then."""
    listed = pathlib.Path(folder, "erased/shop")
    check(listed.read_text().count("\n") == 4, "a file without anybody is written at once")
    for who in (MAIL, ALONE):
        run("people", "erase", who, "--yes", "--workspace", shop)
    run("sources", "forget", str(old["id"]), "--yes", "--workspace", shop)
    text = listed.read_text()
    lines = r"(tidemark-erasures 1|key \w{32}|written \d+|person \d+|source \d+ \d+ \d+|" \
            r"sum \w{32}|\w+ \w{32} \w{16}( other)?)"
    check(all(re.fullmatch(lines, line) for line in text.splitlines()) and
          (text.count("person "), text.count("source ")) == (2, 1),
          "each erasure is written down, and names nobody", text)
    return text


def bring_back(shop: str, copy: str) -> None:
    shutil.rmtree(shop)
    shutil.copytree(copy, shop, symlinks=True)
    check(bool(hits(shop, CANARIES)), "what is brought back has the erased again")


def killed_while_starting(shop: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [tidemark, "serve", "--workspace", shop, "--listen", f"127.0.0.1:{port}"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    answered = False
    while process.poll() is None and step_of(shop) < 2:
        with socket.socket() as link:
            answered |= link.connect_ex(("127.0.0.1", port)) == 0
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    check(process.wait() == -signal.SIGKILL and not answered and not process.stdout.read(),
          "a server is killed in the middle, and has answered nobody")


def served(folder: str, shop: str, wanted: list, text: str) -> None:
    server = Server(shop)
    check(not hits(shop, CANARIES), "before the first answer they are gone", hits(shop, CANARIES))
    owner = Client(server)
    check(owner.enter("owner@example.com") == 200, "the owner comes in")
    for who in ("canary", "old.canary"):
        found = json.loads(owner.ask("GET", f"/api/v1/views/search?q={who}")[2])
        check(not found.get("rows"), "nobody finds them", found)
    check(server.end() == 0, "the server ends")
    check(revenue(shop) == wanted, "sums are what they were", revenue(shop))
    told = json.loads(run("people", "erasures", "--json", "--workspace", shop))
    check([(e["step"], bool(e["searched_files"])) for e in told] == [("done", True)] * 3,
          "each with its proof", told)
    again = pathlib.Path(folder, "erased/shop").read_text()
    bare = [sorted(t.splitlines()[3:-1]) for t in (text, again)]
    check(bare[0] == bare[1], "the file is as it was", bare)
    run("doctor", "--workspace", shop)


def command(shop: str, copy: str) -> None:
    """One that needs no engine for itself."""
    bring_back(shop, copy)
    told = run("doctor", "--workspace", shop)
    check("erased/shop, is not as this workspace wrote it" in told, "doctor tells", told)
    told = run("suppression", "check", MAIL, "--channel", "email", "--workspace", shop)
    check(not hits(shop, CANARIES) and "rased" in told, "a command erases them first", told)
    check("copied" not in run("doctor", "--workspace", shop), "the workspace is at home")


def not_believed(folder: str, shop: str, copy: str) -> None:
    listed = pathlib.Path(folder, "erased/shop")
    text = listed.read_text()
    listed.write_text(text.replace("person 1", "person 2", 1))
    bring_back(shop, copy)
    done = subprocess.run([tidemark, "serve", "--workspace", shop, "--listen", "127.0.0.1:0"],
                          capture_output=True, text=True, check=False, timeout=120)
    check(done.returncode == 65 and "changed or cut off" in done.stderr,
          "a server does not start beside a file that was changed", done.stderr)
    run("show", "revenue", "--workspace", shop, wanted=65)
    listed.write_text(text)
    inside = shop + "/tidemark.yaml"
    pathlib.Path(inside).write_text(pathlib.Path(inside).read_text().replace("../erased", "."))
    run("show", "revenue", "--workspace", shop, wanted=65)
    run("doctor", "--workspace", shop, wanted=74)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop, copy = folder + "/shop", folder + "/copy"
        os.mkdir(folder + "/erased")
        old = make(shop, copy)
        text = erase(folder, shop, old)
        wanted = revenue(shop)
        bring_back(shop, copy)
        killed_while_starting(shop)
        served(folder, shop, wanted, text)
        command(shop, copy)
        not_believed(folder, shop, copy)
    end()


if __name__ == "__main__":
    main()
