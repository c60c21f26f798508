#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Uploads: what a file does not say of itself is said with it; one that is broken off leaves nothing.
uploads.py TIDEMARK. Prints TAP."""
import json
import pathlib
import socket
import tempfile
import time

from client import Client, Server, check, end

OPEN = b"""order_id,ordered_at,total,email,status
1,03/04/2026,"1,234",a@example.com,paid
2,04/04/2026,"2,345",b@example.com,paid
"""


def bring(owner: Client, query: str) -> tuple[int, dict, list]:
    status, _, body = owner.ask("POST", "/api/v1/imports?name=orders.csv" + query, raw=OPEN)
    if status != 202:
        return status, json.loads(body), []
    job = owner.wait(json.loads(body)["job"])
    report = json.loads(job.get("report", "[]"))
    return status, job, report[0]["problem"]["needs"] if report and report[0]["problem"] else []


def choices(owner: Client) -> None:
    for query, wrong in (("&dates=ymd", "dates"), ("&decimals=dot", "decimals"), ("&currency=XYZ1", "currency"),
                         ("&currency=euro", "currency")):
        status, told, _ = bring(owner, query)
        check(status == 400 and wrong in json.dumps(told), f"{query} is refused", told)
    asked, query = [], ""
    said = {"dates": "&dates=dmy", "decimals": "&decimals=point", "currency": "&currency=EUR"}
    for _ in range(4):
        _, job, needs = bring(owner, query)
        if not needs:
            break
        asked += needs
        query += "".join(said[need] for need in needs)
    check(sorted(asked) == ["currency", "dates", "decimals"], "each thing that is not said is asked for once",
          (asked, job))
    check(job["state"] == "done", "and then the file is read", job)
    for _ in range(100):
        told = json.loads(owner.ask("GET", "/api/v1/views/revenue?by=total&from=2026-01-01&to=2026-12-31")[2])
        if told.get("fresh") and told["rows"] and told["rows"][0]["orders"] == 2:
            break
        time.sleep(0.2)
    check(told["rows"][0]["gross"] == 357900 if "gross" in told["rows"][0] else
          "357900" in json.dumps(told), "as it was said", told)
    check(told["as_of"].startswith("2026-04-0"), "with the day first", told["as_of"])


def broken_off(server: Server, owner: Client, folder: str) -> None:
    imports = pathlib.Path(folder, "shop", "imports")

    def parts() -> list[pathlib.Path]:
        return [p for p in imports.glob("upload-*/*") if p.stat().st_size]

    head = (f"POST /api/v1/imports?name=half.csv HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            f"Cookie: {owner.cookie}\r\nX-CSRF-Token: {owner.csrf}\r\nContent-Length: 50000000\r\n\r\n")
    link = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    link.sendall(head.encode() + b"x" * 1_000_000)
    for _ in range(100):
        if parts():
            break
        time.sleep(0.05)
    check(bool(parts()), "half of a file has come")
    link.close()
    for _ in range(200):
        if not list(imports.glob("upload-*")):
            break
        time.sleep(0.05)
    check(not list(imports.glob("upload-*")), "broken off, nothing of it is left", list(imports.glob("*")))
    jobs = json.loads(owner.ask("GET", "/api/v1/jobs")[2])["jobs"]
    check(not any(job["object"] == "half.csv" for job in jobs), "and no job knows of it")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop")
        owner = Client(server).first_owner()
        broken_off(server, owner, folder)
        choices(owner)
        check(server.end() == 0, "the server ends")


main()
end()
