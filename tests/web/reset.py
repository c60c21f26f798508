#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""An owner who lost password and second factor comes back by a link of the machine itself:
reset.py TIDEMARK. Prints TAP."""
import json
import sqlite3
import subprocess
import tempfile

from client import PASSWORD, Client, Server, check, end, tidemark
from second import number

NEW = "eight slow mountains"
OWNER = "owner@example.com"


def refused(folder: str, *options: str) -> tuple[int, str]:
    done = subprocess.run([tidemark, "serve", "--lang", "en", "--listen", "127.0.0.1:0",
                           "--workspace", folder + "/shop", *options], capture_output=True,
                          text=True, timeout=60, check=False)
    return done.returncode, done.stderr


def second_factor(owner: Client) -> None:
    told = json.loads(owner.ask("POST", "/api/v1/second-factor", {})[2])
    status, _, body = owner.ask("PUT", "/api/v1/second-factor", {"code": number(told["secret"])})
    check(status == 200, "the owner has a second factor", body)
    owner.csrf = json.loads(body)["csrf"]


def reset_token(server: Server) -> str:
    return server.wait(lambda line: "/#/reset/" in line).strip().rsplit("/", 1)[-1]


def use(server: Server, token: str, password: str = NEW) -> int:
    return Client(server).ask("POST", "/api/v1/reset", {"token": token, "password": password})[0]


def log_in(server: Server, password: str) -> tuple[int, str]:
    status, _, body = Client(server).ask("POST", "/api/v1/login",
                                         {"email": OWNER, "password": password})
    return status, json.loads(body).get("need", "")


def wrong_ways(folder: str) -> None:
    for options, says in ((("--reset-owner", "nobody@example.com"), "An owner here is " + OWNER),
                          (("--reset-owner", "viewer@example.com"), "An owner here is " + OWNER),
                          (("--drop-second-factor",), "needs --reset-owner"),
                          (("--reset-owner", OWNER, "--workspace", folder + "/other"),
                           "one workspace")):
        code, told = refused(folder, *options)
        check(code != 0 and says in told, f"{' '.join(options)[:40]} is refused", told)


def by_link(folder: str, owner: Client) -> None:
    """The password alone; the second factor stays."""
    server = owner.server = Server(folder + "/shop", options=("--reset-owner", OWNER))
    token = reset_token(server)
    check(len(token) == 64, "the start prints a link", server.said)
    check(owner.ask("GET", "/api/v1/me")[0] == 200 and log_in(server, PASSWORD) == (401, "code"),
          "before it is used nothing has changed")
    check([use(server, wrong) for wrong in ("", "0" * 64, token[:63], token + "0")] ==
          [400, 403, 403, 400], "another token is refused")
    check(use(server, token, "password1234") == 400, "and a weak password")
    check(use(server, token) == 204, "the link sets the password")
    check(use(server, token) == 403, "once")
    check(owner.ask("GET", "/api/v1/me")[0] == 401, "every session has ended")
    check(log_in(server, PASSWORD)[0] == 401, "the old password is good no more")
    check(log_in(server, NEW) == (401, "code"), "with the new one the second factor is asked for")
    check(server.end() == 0, "the server ends")


def without_second(folder: str) -> None:
    server = Server(folder + "/shop", options=("--reset-owner", OWNER, "--drop-second-factor"))
    stale = reset_token(server)
    server.end()
    server = Server(folder + "/shop")
    check(use(server, stale) == 403, "with its server the link has ended")
    server.end()
    server = Server(folder + "/shop", options=("--reset-owner", OWNER, "--drop-second-factor"))
    token = reset_token(server)
    check(token != stale and log_in(server, NEW) == (401, "code"), "until it is used all stays")
    check(use(server, token, PASSWORD) == 204, "a new one sets the password")
    owner = Client(server)
    check(owner.enter(OWNER) == 200, "and the second factor is gone")
    told = json.loads(owner.ask("GET", "/api/v1/audit")[2])["audit"]
    got = [(e["actor"], e["action"], e["object"], e["status"]) for e in told]
    check(sum(e[:3] == ("command line", "serve --reset-owner", "user 1") for e in got) == 3 and
          sum(e[1:] == ("POST /api/v1/reset", "user 1", 204) for e in got) == 2,
          "all of it is on record", got[:12])
    server.end()


def too_late(folder: str) -> None:
    server = Server(folder + "/shop", options=("--reset-owner", OWNER))
    token = reset_token(server)
    with sqlite3.connect(folder + "/shop/store.db", timeout=10) as store:
        hashed, until, rest = store.execute(
            "SELECT value FROM kept_value WHERE name = 'reset'").fetchone()[0].split(" ", 2)
        store.execute("UPDATE kept_value SET value = ? WHERE name = 'reset'",
                      (f"{hashed} {int(until) - 86400 * 1000000} {rest}",))
    store.close()
    check(use(server, token) == 403, "after a day it is too late")
    server.end()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop")
        owner = Client(server).first_owner(OWNER)
        check(owner.ask("POST", "/api/v1/users", {"email": "viewer@example.com", "role": "viewer",
                                                  "password": PASSWORD})[0] == 201, "a viewer")
        check(use(server, "0" * 64) == 403, "without --reset-owner there is no link")
        second_factor(owner)
        server.end()
        wrong_ways(folder)
        by_link(folder, owner)
        without_second(folder)
        too_late(folder)


if __name__ == "__main__":
    main()
    end()
