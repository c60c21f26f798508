#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The shop's numbers over the web: views.py TIDEMARK. Prints TAP."""
import csv
import io
import json
import subprocess
import tempfile

from client import PASSWORD, Client, Server, check, end, tidemark

VIEWS = "/api/v1/views"


def run(*args: str) -> str:
    done = subprocess.run([tidemark, *args], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"Bail out! tidemark {' '.join(args)}: {done.stderr}")
    return done.stdout


def enter(server: Server) -> dict[str, Client]:
    """The owner, and one of each other role."""
    owner = Client(server)
    wish = {"token": server.setup_token(), "email": "owner@example.com", "password": PASSWORD}
    owner.csrf = json.loads(owner.ask("POST", "/api/v1/setup", wish)[2])["csrf"]
    clients = {"owner": owner}
    for role in ("marketer", "analyst", "viewer"):
        wish = {"email": f"{role}@example.com", "password": PASSWORD, "role": role}
        owner.ask("POST", "/api/v1/users", wish)
        clients[role] = Client(server)
        clients[role].enter(wish["email"])
    return clients


def needed(view: dict) -> str:
    """What a view cannot do without."""
    given = {"q": "an", "person": "1"}
    return "&".join(f"{p['name']}={given[p['name']]}" for p in view["parameters"] if p["required"])


def all_views(clients: dict[str, Client]) -> list[dict]:
    status, _, body = clients["viewer"].ask("GET", VIEWS)
    listed = json.loads(body)["views"]
    check(status == 200 and len(listed) >= 15, "the views are listed", body)
    wrong = []
    for view in listed:
        path = f"{VIEWS}/{view['name']}?{needed(view)}"
        for who, client in clients.items():
            status, _, body = client.ask("GET", path)
            may = not view["personal"] or who in ("owner", "marketer")
            if status != (200 if may else 403):
                wrong.append((who, path, status, body[:200]))
            elif status == 200:
                told = json.loads(body)
                if told["view"] != view["name"] or told["fresh"] is not True or not told["as_of"]:
                    wrong.append((who, path, body[:200]))
    check(not wrong, "every view answers whom it may, and nobody else", wrong)
    described = json.loads(clients["viewer"].ask("GET", "/api/v1/openapi.json")[2])["paths"]
    wrong = [view["name"] for view in listed
             if {p["name"] for p in view["parameters"]} | {"format"} !=
             {p["name"] for p in described[f"{VIEWS}/{view['name']}"]["get"]["parameters"]}]
    check(not wrong, "each is described with its own parameters", wrong)
    return listed


def forms(owner: Client, told_before: dict[str, dict]) -> None:
    for name, before in told_before.items():
        check(json.loads(owner.ask("GET", f"{VIEWS}/{name}")[2]) == before,
              f"{name} is what the command shows")
    status, headers, body = owner.ask("GET", f"{VIEWS}/revenue?by=channel&format=csv")
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    check(status == 200 and headers["content-type"].startswith("text/csv") and
          'filename="revenue.csv"' in headers.get("content-disposition", "") and
          len(rows) > 1 and "revenue" in rows[0], "as CSV, to be kept as a file", body[:300])
    status, headers, body = owner.ask("GET", f"{VIEWS}/revenue?by=channel&format=xlsx",
                                      headers={"Accept-Language": "ar"})
    check(status == 200 and body[:2] == b"PK" and "spreadsheet" in headers["content-type"] and
          'filename="revenue.xlsx"' in headers["content-disposition"], "as a workbook", headers)


def refusals(owner: Client) -> None:
    for query, word in (("from=yesterday", "from"), ("by=colour", "by"), ("limit=0", "limit"),
                        ("limit=99999", "limit"), ("colour=red", "colour"), ("format=pdf", "format"),
                        ("cursor=x", "cursor"), ("from=2026-02-30", "from"),
                        ("&".join(f"a{i}=1" for i in range(40)), "a0")):
        status, headers, body = owner.ask("GET", f"{VIEWS}/revenue?{query}")
        told = json.loads(body)
        check(status == 400 and word in told["hint"] and word in told["detail"] and
              "content-disposition" not in headers and
              headers["content-type"] == "application/problem+json",
              f"?{query[:20]} is refused, and it is told which", body)
    check(owner.ask("GET", f"{VIEWS}/search")[0] == 400, "what a view needs must be given")
    check(owner.ask("GET", f"{VIEWS}/search?q=%27%29%20OR%201%3D1%20--%20")[0] == 200,
          "what looks like SQL is text")
    check(owner.ask("GET", f"{VIEWS}/nothing")[0] == 404, "there is no other view")
    check(owner.ask("POST", f"{VIEWS}/revenue", {})[0] == 405, "views are only read")


def record(owner: Client) -> None:
    lines = json.loads(owner.ask("GET", "/api/v1/audit?limit=200")[2])["audit"]
    seen = {(line["actor"], line["object"], line["status"]) for line in lines
            if line["action"] == "GET /api/v1/views/{view}"}
    check({"search", "person", "customers", "person_links"} == {s[1] for s in seen} and
          {s[2] for s in seen} >= {200, 403}, "who saw people's names, or tried, is on record", seen)


def pages(owner: Client) -> None:
    whole = json.loads(owner.ask("GET", f"{VIEWS}/revenue?by=day")[2])["rows"]
    got, cursor = [], ""
    for _ in range(100):
        page = json.loads(owner.ask("GET", f"{VIEWS}/revenue?by=day&limit=50{cursor}")[2])
        got += page["rows"]
        if not page["next_cursor"]:
            break
        cursor = "&cursor=" + page["next_cursor"]
    check(got == whole and len(got) > 50, "page by page it is the same", len(got))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop = folder + "/shop"
        server = Server(folder + "/empty")
        clients = enter(server)
        status, _, body = clients["viewer"].ask("GET", f"{VIEWS}/revenue")
        told = json.loads(body)
        check(status == 200 and told["rows"] == [] and told["as_of"] is None and
              told["missing"] == ["orders"], "an empty shop tells what is missing", body)
        check(server.end() == 0, "its server ends")
        run("simulate", "--stage", "3", "--orders", "600", folder + "/demo")
        run("init", shop)
        run("import", folder + "/demo", "--workspace", shop)
        before = {name: json.loads(run("show", name, "--json", "--workspace", shop))
                  for name in ("revenue", "cohorts", "forecast")}
        server = Server(shop)
        clients = enter(server)
        all_views(clients)
        forms(clients["marketer"], before)
        refusals(clients["owner"])
        record(clients["owner"])
        pages(clients["viewer"])
        check(server.end() == 0, "and so does the shop's")


main()
end()
