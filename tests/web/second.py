#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The second factor and the repeated proof of who one is: second.py TIDEMARK. Prints TAP."""
import base64
import hashlib
import hmac
import json
import pathlib
import sqlite3
import struct
import tempfile
import time

from client import PASSWORD, Client, Server, check, end


def number(secret: str, away: int = 0) -> str:
    """What an app would show, by RFC 6238."""
    key = base64.b32decode(secret)
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + away), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06}"


def log_in(server: Server, **more: str) -> tuple[int, dict]:
    status, _, body = Client(server).ask("POST", "/api/v1/login", {
        "email": "owner@example.com", "password": PASSWORD, **more})
    return status, json.loads(body)


def forget_proof(folder: str) -> None:
    """Time passes."""
    with sqlite3.connect(folder + "/shop/store.db", timeout=10) as store:
        store.execute("UPDATE web_session SET proved_us = proved_us - 301000000")
    store.close()


def turn_on(server: Server, owner: Client) -> tuple[str, list[str]]:
    other = Client(server)
    other.enter("owner@example.com")
    status, _, body = owner.ask("POST", "/api/v1/second-factor", {})
    told = json.loads(body)
    check(status == 201 and told["uri"].startswith("otpauth://totp/Tidemark:owner%40example.com?")
          and told["secret"] in told["uri"] and told["qr"]["path"].startswith("M0 0h7v1h-7z"),
          "a second factor begins with a secret, its address and a code to scan", body)
    check(log_in(server)[0] == 200, "before it is confirmed nobody is asked for it")
    check(owner.ask("PUT", "/api/v1/second-factor", {"code": "000000"})[0] == 400,
          "a wrong number does not turn it on")
    code = number(told["secret"])
    before = owner.cookie
    status, _, body = owner.ask("PUT", "/api/v1/second-factor", {"code": code})
    codes = json.loads(body).get("recovery_codes", [])
    check(status == 200 and len(set(codes)) == 10 and len(codes[0]) == 19,
          "the app's number turns it on and gives recovery codes", body)
    owner.csrf = json.loads(body)["csrf"]
    check(owner.cookie != before, "the session goes on under a new name")
    check(other.ask("GET", "/api/v1/me")[0] == 401, "sessions by the password alone end")
    check(log_in(server, code=code)[0] == 401, "a number that was used is not good again")
    return told["secret"], codes


def enter_with(server: Server, secret: str, codes: list[str]) -> Client:
    status, told = log_in(server)
    check(status == 401 and told.get("need") == "code", "the password alone is not enough", told)
    status, told = log_in(server, password="wrong " + PASSWORD)
    check(status == 401 and "need" not in told, "a wrong password does not tell of a second factor",
          told)
    code = number(secret, 1)
    client = Client(server)
    status, _, body = client.ask("POST", "/api/v1/login", {
        "email": "owner@example.com", "password": PASSWORD, "code": code})
    check(status == 200, "with the app's next number one is in", body)
    client.csrf = json.loads(body).get("csrf", "")
    check(log_in(server, code=code)[0] == 401, "once")
    return client


def recover(server: Server, codes: list[str]) -> None:
    check(log_in(server, code=codes[0].upper().replace("-", " "))[0] == 200,
          "a recovery code stands in for it, however it is written")
    check(log_in(server, code=codes[0])[0] == 401, "once")


def prove(server: Server, owner: Client, folder: str, codes: list[str]) -> None:
    guarded = (("POST", "/api/v1/keys", {"name": "k", "scopes": ["read"]}, 201),
               ("POST", "/api/v1/users", {"email": "a@example.com", "password": PASSWORD,
                                          "role": "viewer"}, 201),
               ("PATCH", "/api/v1/users/2", {"role": "analyst"}, 200),
               ("DELETE", "/api/v1/users/2", None, 204),
               ("GET", "/api/v1/views/customers?format=csv", None, 200))
    forget_proof(folder)
    for method, path, body, _ in guarded:
        status, _, told = owner.ask(method, path, body)
        check(status == 403 and json.loads(told).get("need") == "proof",
              f"{method} {path} asks once more who it is", (status, told))
    check(owner.ask("GET", "/api/v1/users")[0] == 200, "looking does not")
    check(owner.ask("POST", "/api/v1/prove", {"password": "wrong " + PASSWORD})[0] == 403 and
          owner.ask("POST", "/api/v1/prove", {"code": "000000"})[0] == 403 and
          owner.ask("POST", "/api/v1/prove", {})[0] == 400, "a wrong proof is none")
    check(owner.ask("POST", "/api/v1/keys", guarded[0][2])[0] == 403, "and changes nothing")
    check(owner.ask("POST", "/api/v1/prove", {"password": PASSWORD})[0] == 204, "the password is one")
    for method, path, body, wanted in guarded:
        status, _, told = owner.ask(method, path, body)
        check(status == wanted, f"then {method} {path} is done", (status, told))
    forget_proof(folder)
    check(owner.ask("POST", "/api/v1/prove", {"code": codes[1]})[0] == 204 and
          owner.ask("POST", "/api/v1/keys", guarded[0][2])[0] == 201, "so is a code")
    check(owner.ask("POST", "/api/v1/prove", {"code": codes[1]})[0] in (403, 429), "once")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop")
        owner = Client(server).first_owner()
        check(json.loads(owner.ask("GET", "/api/v1/second-factor")[2]) ==
              {"on": False, "recovery_codes_left": 0}, "nobody has a second factor at first")
        secret, codes = turn_on(server, owner)
        check(server.end() == 0, "the server ends")
        server = Server(folder + "/shop")
        owner.server = server
        again = enter_with(server, secret, codes)
        store = pathlib.Path(folder, "shop", "store.db").read_bytes()
        wal = pathlib.Path(folder, "shop", "store.db-wal")
        store += wal.read_bytes() if wal.exists() else b""
        check(secret.encode() not in store and base64.b32decode(secret) not in store and
              not any(code.encode() in store or code.replace("-", "").upper().encode() in store
                      for code in codes), "neither secret nor codes can be read in the data base")
        check(pathlib.Path(folder, "shop", "secret.key").stat().st_mode & 0o777 == 0o600,
              "its key is for the server alone")
        check(server.end() == 0, "the server ends")
        server = Server(folder + "/shop")
        owner.server = again.server = server
        recover(server, codes)
        prove(server, again, folder, codes)
        left = json.loads(again.ask("GET", "/api/v1/second-factor")[2])
        check(left == {"on": True, "recovery_codes_left": 8}, "it tells how many codes are left", left)
        check(again.ask("POST", "/api/v1/second-factor", {})[0] == 409, "there is one at a time")
        check(again.ask("DELETE", "/api/v1/second-factor")[0] == 204 and log_in(server)[0] == 200,
              "it can be taken away")
        check(server.end() == 0, "all ends")


if __name__ == "__main__":
    main()
    end()
