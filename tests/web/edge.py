#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The server's edge: framing, sizes, codings, proxies, health, figures, logs, repeats: edge.py TIDEMARK.
Prints TAP."""
import gzip
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import threading

from client import PASSWORD, Client, Server, check, end, tidemark


def raw(server: Server, text: bytes) -> bytes:
    """All that comes back until the server closes, or two seconds."""
    got = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=2) as link:
        try:
            link.sendall(text)
            while part := link.recv(65536):
                got += part
        except OSError:
            pass
    return got


def framing(server: Server) -> None:
    """Whatever a proxy in front and we could understand differently is refused."""
    host = f"Host: 127.0.0.1:{server.port}\r\n"
    hidden = f"GET /healthz HTTP/1.1\r\n{host}\r\n"
    post = f"POST /api/v1/login HTTP/1.1\r\n{host}Content-Type: application/json\r\n"
    chunked = f"{{}}\r\n0\r\n\r\n{hidden}"
    cases = {
        "length, then chunked": f"{post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{chunked}",
        "chunked, then length": f"{post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n2\r\n{chunked}",
        "two lengths": f"{post}Content-Length: 2\r\nContent-Length: 60\r\n\r\n{{}}{hidden}",
        "a list of lengths": f"{post}Content-Length: 2, 60\r\n\r\n{{}}{hidden}",
        "a signed length": f"{post}Content-Length: +2\r\n\r\n{{}}{hidden}",
        "a negative length": f"{post}Content-Length: -2\r\n\r\n{{}}{hidden}",
        "a length in hexadecimal digits": f"{post}Content-Length: 0x2\r\n\r\n{{}}{hidden}",
        "an unknown coding": f"{post}Transfer-Encoding: xchunked\r\n\r\n2\r\n{chunked}",
        "two codings": f"{post}Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{chunked}",
        "chunked twice": f"{post}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\n{chunked}",
        "a space before the colon": f"{post}Transfer-Encoding : chunked\r\nContent-Length: 2\r\n\r\n{{}}{hidden}",
        "a folded coding, then a length": f"{post}Transfer-Encoding:\r\n chunked\r\nContent-Length: 2\r\n\r\n{{}}{hidden}",
        "a length, then a folded coding": f"{post}Content-Length: 2\r\nTransfer-Encoding:\r\n chunked\r\n\r\n{{}}{hidden}",
        "a coding folded by a tab": f"{post}Content-Length: 2\r\nTransfer-Encoding:\r\n\t chunked\r\n\r\n{{}}{hidden}",
        "a coding folded inside": f"{post}Content-Length: 2\r\ntransfer-encoding: chu\r\n nked\r\n\r\n{{}}{hidden}",
        "a coding folded twice": f"{post}Content-Length: 2\r\nTransfer-Encoding:\r\n \r\n chunked\r\n\r\n{{}}{hidden}",
        "a folded coding and no length": f"{post}Transfer-Encoding:\r\n chunked\r\n\r\n2\r\n{chunked}",
        "a coding, then a folded length": f"{post}Transfer-Encoding: chunked\r\nContent-Length:\r\n 2\r\n\r\n2\r\n{chunked}",
        "a folded length": f"{post}Content-Length:\r\n 2\r\n\r\n{{}}{hidden}",
        "a length that grows in its fold": f"{post}Content-Length: 2\r\n 0\r\n\r\n{{}}{hidden}",
        "a coding folded onto another header": f"{post}X-A: b\r\n Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{{}}{hidden}",
        "a coding in the first line's fold": f"POST /api/v1/login HTTP/1.1\r\n Transfer-Encoding: chunked\r\n{host}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}{hidden}",
        "a vertical tab before a coding": f"{post}Content-Length: 2\r\nTransfer-Encoding: \vchunked\r\n\r\n{{}}{hidden}",
        "a vertical tab after a coding's name": f"{post}Content-Length: 2\r\nTransfer-Encoding\v: chunked\r\n\r\n{{}}{hidden}",
        "a coding between bare line ends": f"{post}Content-Length: 2\nTransfer-Encoding: chunked\n\r\n{{}}{hidden}",
        "a coding after a bare carriage return": f"{post}X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{{}}{hidden}",
        "a chunk without end": f"{post}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{chunked}",
    }
    for name, text in cases.items():
        got = raw(server, text.encode())
        check(b"disk_nearly_full" not in got and (got == b"" or got.split(b" ", 2)[1] in
                                                  (b"400", b"413", b"501")),
              f"{name}: refused, and nothing behind it is heard", got[:300])


def sizes(owner: Client) -> None:
    for depth, wanted in ((64, "else"), (65, "deeper"), (30000, "deeper")):
        body = owner.ask("POST", "/api/v1/keys", raw=b'{"name":' + b"[" * (depth - 1) +
                         b"]" * (depth - 1) + b"}",
                         headers={"Content-Type": "application/json"})
        check(body[0] == 400 and (b"deeper" in body[2]) == (wanted == "deeper"),
              f"a body that nests {depth} deep", body[2])


def codings(server: Server, owner: Client) -> None:
    page = owner.ask("GET", "/")
    parts = sorted(set(re.findall(r'(?:src|href)="\./([^"]+\.(?:js|css))"', page[2].decode())))
    check(bool(parts) or b"without the" in page[2], "the page names its parts", page[2][:200])
    for part in ["", *parts[:2]]:
        plain = owner.ask("GET", "/" + part)
        for accept, coding in (("gzip", "gzip"), ("gzip, zstd", "zstd"), ("zstd;q=0, gzip", "gzip"),
                               ("identity", None), ("br", None), ("gzip;q=0", None),
                               ("xgzip", None)):
            status, headers, body = owner.ask("GET", "/" + part,
                                              headers={"Accept-Encoding": accept})
            same = coding is None and body == plain[2]
            if coding == "gzip":
                same = gzip.decompress(body) == plain[2]
            if coding == "zstd" and shutil.which("zstd"):
                same = subprocess.run(["zstd", "-dc"], input=body, capture_output=True,
                                      check=False).stdout == plain[2]
            check(status == 200 and same and headers.get("content-encoding") == coding and
                  "Accept-Encoding" in headers["vary"] and headers["etag"] == plain[1]["etag"],
                  f"/{part[:20]} for \"{accept}\": {coding}", headers)
        again = owner.ask("GET", "/" + part, headers={"If-None-Match": plain[1]["etag"]})
        check(again[0] == 304 and again[2] == b"", "what is unchanged is not sent again", again[0])
        check(plain[1]["cache-control"] == ("public, max-age=31536000, immutable" if part else
                                            "no-cache"), "and kept as long as it may", plain[1])
    plain = owner.ask("GET", "/api/v1/questions")
    status, headers, body = owner.ask("GET", "/api/v1/questions",
                                      headers={"Accept-Encoding": "gzip"})
    check(headers.get("content-encoding") == "gzip" and gzip.decompress(body) == plain[2] and
          headers["cache-control"] == "no-store" and "Cookie" in headers["vary"],
          f"large answers are squeezed: {len(plain[2])} to {len(body)} bytes", headers)
    check("content-encoding" not in owner.ask("GET", "/api/v1/me",
                                              headers={"Accept-Encoding": "gzip"})[1],
          "what holds a secret is not")


def tries(client: Client, address: str, n: int) -> list[int]:
    """Ways in that cost the server little: a link that was never given."""
    return [client.ask("POST", "/api/v1/setup", {"token": "0" * 64},
                       {"X-Forwarded-For": address})[0] for _ in range(n)]


def proxies(folder: str) -> None:
    plain = Server(folder + "/plain")
    got = [tries(Client(plain), f"192.0.2.{i}", 1)[0] for i in range(21)]
    check(got[-1] == 429 and got[0] == 403, "a stranger's X-Forwarded-For is not believed", got)
    plain.end()
    server = Server(folder + "/plain", options=("--trusted-proxy", "127.0.0.0/8,10.0.0.0/8",
                                                "--public-url", "https://mark.example.com"))
    client = Client(server)

    def ask(**headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.ask("GET", "/healthz", headers=sent)[0]

    check(ask(X_Forwarded_Host="mark.example.com", X_Forwarded_Proto="https") == 200 and
          ask(X_Forwarded_Host="evil.example.com") == 421, "a proxy's X-Forwarded-Host is")
    check(ask(X_Forwarded_Proto="http") == 421, "what came without TLS is refused")
    got = tries(client, "198.51.100.7, 10.1.2.3", 21)
    check(got[-1] == 429, "twenty tries a minute from one client behind proxies", got)
    check(tries(client, "198.51.100.8", 1) == [403], "another one is still heard")
    check(tries(client, "203.0.113.9, 198.51.100.7", 1) == [429],
          "what a client says before its proxy is not believed")
    server.end()
    for wrong in ("nonsense", "10.0.0.0/33", "::/129", "10.0.0.1/", "1.2.3.4,,5"):
        done = subprocess.run([tidemark, "serve", "--workspace", folder + "/plain", "--listen",
                               "127.0.0.1:0", "--trusted-proxy", wrong], capture_output=True,
                              timeout=30, check=False)
        check(done.returncode == 64 and b"--trusted-proxy" in done.stderr, f"{wrong} is no proxy",
              done.stderr)


def figures(owner: Client) -> None:
    """By the text format's own grammar: each sample has its HELP and TYPE before it."""
    status, headers, body = owner.ask("GET", "/metrics")
    told, wrong, found = {}, [], {}
    for line in body.decode().splitlines():
        if match := re.fullmatch(r"# (HELP|TYPE) ([a-z_:]+) (.+)", line):
            told.setdefault(match[2], set()).add(match[1])
            if match[1] == "TYPE" and match[3] not in ("counter", "gauge", "histogram"):
                wrong.append(line)
        elif match := re.fullmatch(
                r'([a-z_:]+)(\{[a-z_]+="[^"\\\n]*"(?:,[a-z_]+="[^"\\\n]*")*\})? (-?[0-9.e+-]+)', line):
            found[match[1] + (match[2] or "")] = float(match[3])
            if told.get(match[1]) != {"HELP", "TYPE"} or \
               (match[1].endswith("_total") != ("_total" in match[1])):
                wrong.append(line)
        else:
            wrong.append(line)
    wanted = {"tidemark_requests_total{status=\"2xx\"}", "tidemark_request_seconds_total",
              "tidemark_requests_active", "tidemark_jobs{state=\"waiting\"}",
              "tidemark_jobs_total{state=\"done\"}", "tidemark_start_time_seconds",
              "tidemark_shops", "tidemark_engines_awake", "tidemark_healthy"}
    check(status == 200 and not wrong and wanted <= set(found), "the figures can be read",
          (wrong, wanted - set(found)))
    check(found.get("tidemark_shops") == 1 and found.get("tidemark_healthy") == 1 and
          found.get('tidemark_requests_total{status="2xx"}', 0) > 5, "and are right", found)
    check("version=0.0.4" in headers["content-type"], "and say what they are", headers)


def health(folder: str) -> None:
    place = pathlib.Path(folder, "small")
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(place)],
                             capture_output=True, check=False).returncode == 0
    if not mounted:
        check(True, "a full disk # SKIP no file system can be mounted here")
        return
    try:
        server = Server(str(place / "shop"))
        client = Client(server)
        check(client.ask("GET", "/healthz")[0] == 200, "all is well with room on the disk")
        (place / "ballast").write_bytes(b"x" * (80 << 20))
        status, _, body = client.ask("GET", "/healthz")
        check(status == 503 and json.loads(body)["disk_nearly_full"], "a nearly full disk is told",
              body)
        (place / "ballast").unlink()
        check(client.ask("GET", "/healthz")[0] == 200, "and that there is room again")
        server.end()
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def repeats(server: Server, owner: Client, folder: str) -> Server:
    wish = {"email": "once@example.com", "password": PASSWORD, "role": "viewer"}
    key = {"Idempotency-Key": "the-same"}
    answers: list = []

    def ask() -> None:
        for _ in range(5):
            got = owner.ask("POST", "/api/v1/users", wish, key)
            answers.append((got[0], got[2]))

    threads = [threading.Thread(target=ask) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    people = json.loads(owner.ask("GET", "/api/v1/users")[2])["users"]
    check(len(answers) == 200 and len(set(answers)) == 1 and answers[0][0] == 201 and
          len([p for p in people if p["email"] == wish["email"]]) == 1,
          "200 times the same request, 40 at once: one effect, one answer",
          {status for status, _ in answers})
    check(owner.ask("POST", "/api/v1/users", {**wish, "role": "owner"}, key)[0] == 422,
          "another request under its key is refused")
    server.process.kill()
    server.process.wait()
    server = owner.server = Server(folder + "/shop", log=log_of(folder), env=LOG)
    got = owner.ask("POST", "/api/v1/users", wish, key)
    check((got[0], got[2]) == answers[0], "the answer outlives a crash of the server", got[0])
    check(owner.ask("POST", "/api/v1/users", {**wish, "role": "owner"}, key)[0] == 422,
          "and so does the refusal")
    return server


LOG = {"TIDEMARK_LOG": "debug", "TIDEMARK_LOG_FORMAT": "json"}


def log_of(folder: str):
    return open(folder + "/log", "ab", buffering=0)


def logs(folder: str, owner: Client, secrets: list[str]) -> None:
    text = pathlib.Path(folder, "log").read_text(encoding="utf-8")
    lines, broken = [], []
    for line in text.splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            broken.append(line)
    check(not broken and len(lines) > 100, "each line of the log is JSON", broken[:3])
    request = [line for line in lines if line.get("route") == "/api/v1/users"]
    check(bool(request) and {"at", "level", "id", "method", "status", "ms", "address"} <=
          set(request[0]), "a request's line has its fields", request[:1])
    problem = json.loads(owner.ask("GET", "/api/v1/jobs/12345")[2])
    for _ in range(100):  # the line comes after the answer
        text = pathlib.Path(folder, "log").read_text(encoding="utf-8")
        if problem["request"] in text:
            break
        time.sleep(0.05)
    check(problem["request"] in text, "an error's number stands in the log")
    found = [secret for secret in secrets if secret in text]
    check(not found, "no password, token, key, cookie or address of a person is in the log", found)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop", log=log_of(folder), env=LOG)
        token = server.setup_token()
        owner = Client(server).first_owner("canary.owner@example.com")
        key = json.loads(owner.ask("POST", "/api/v1/keys",
                                   {"name": "canary-name", "scopes": ["read"]})[2])["key"]
        Client(server, key).ask("GET", "/api/v1/jobs")
        Client(server).enter("canary.typo@example.com", "canary wrong password")
        owner.ask("GET", f"/api/v1/jobs?token={key}", headers={"Referer": "https://canary.example.com",
                                                                "User-Agent": "canary-agent"})
        secrets = [token, key, key[4:], owner.cookie.split("=")[1], owner.csrf, PASSWORD,
                   "canary.owner@example.com", "canary.typo@example.com", "canary wrong password",
                   "canary.example.com", "canary-agent", "once@example.com"]
        sizes(owner)
        codings(server, owner)
        figures(owner)
        server = repeats(server, owner, folder)
        logs(folder, owner, secrets)
        framing(server)
        check(server.end() == 0, "the server ends")
        proxies(folder)
        health(folder)


main()
end()
