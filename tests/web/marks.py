#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Marks, reports and imports over the web, also those that the command line made: marks.py TIDEMARK.
Prints TAP."""
import csv
import io
import json
import pathlib
import subprocess
import tempfile
import time
import zipfile

from client import PASSWORD, Client, Server, check, end, tidemark

LANGUAGES = ("en", "ar", "th")


def run(*args: str) -> str:
    done = subprocess.run([tidemark, *args], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"Bail out! tidemark {' '.join(args)}: {done.stderr}")
    return done.stdout


def enter(server: Server) -> Client:
    owner = Client(server)
    wish = {"token": server.setup_token(), "email": "owner@example.com", "password": PASSWORD}
    owner.csrf = json.loads(owner.ask("POST", "/api/v1/setup", wish)[2])["csrf"]
    return owner


def reports(owner: Client) -> None:
    begins = {"html": b"<!DOCTYPE html", "pdf": b"%PDF-", "xlsx": b"PK", "csv": b""}
    wrong, texts = [], set()
    for form, first in begins.items():
        for lang in LANGUAGES:
            status, headers, body = owner.ask(
                "GET", f"/api/v1/assessment/report?format={form}&lang={lang}")
            texts.add(body)
            if (status != 200 or first.lower() not in body[:40].lower() or
                    f'filename="report.{lang}.{form}"' not in headers["content-disposition"]):
                wrong.append((form, lang, status, headers, body[:60]))
    check(not wrong and len(texts) == 12, "reports in every form and language", wrong)
    body = owner.ask("GET", "/api/v1/assessment/report", headers={"Accept-Language": "ar"})[2]
    check(b'lang="ar"' in body[:400], "else in the reader's own", body[:200])
    for path in ("assessment/report?format=doc", "assessment/report?lang=fr", "roadmap?format=pdf",
                 "assessment/report?format=js"):
        status, _, body = owner.ask("GET", f"/api/v1/{path}")
        word = path.split("?")[1].split("=")[0]
        check(status == 400 and json.loads(body)["hint"].startswith(word + ": "),
              f"{path} is refused, and it is told what there is", body)
    status, headers, body = owner.ask("GET", "/api/v1/roadmap?format=csv&lang=th")
    check(status == 200 and body.startswith(b"\xef\xbb\xbf") and
          len(list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))) > 1, "the road map as CSV", body[:200])
    status, headers, body = owner.ask("GET", "/api/v1/roadmap?format=ics")
    check(status == 200 and body.startswith(b"BEGIN:VCALENDAR") and
          headers["content-type"].startswith("text/calendar"), "and as a calendar", body[:200])


def styles(owner: Client, path: str) -> str:
    """How a workbook shows numbers and days."""
    with zipfile.ZipFile(io.BytesIO(owner.ask("GET", f"/api/v1/{path}")[2])) as book:
        return book.read("xl/styles.xml").decode()


def ways(owner: Client, shop: str) -> None:
    """Digits and years of the road map's workbook are those of the settings."""
    file = pathlib.Path(shop, "tidemark.yaml")
    before = file.read_text(encoding="utf-8")
    paths = {lang: f"roadmap?format=xlsx&lang={lang}" for lang in LANGUAGES}
    plain = [styles(owner, paths[lang]) for lang in LANGUAGES]
    check(not any("[$-" in s for s in plain), "a workbook has Latin digits and years after Christ")
    file.write_text(before + "\ncalendar: buddhist\ndigits: arab\n", encoding="utf-8")
    for _ in range(400):  # taken a moment after it was written
        if "[$-" in styles(owner, paths["ar"]):
            break
        time.sleep(0.05)
    other = {lang: styles(owner, paths[lang]) for lang in LANGUAGES}
    file.write_text(before, encoding="utf-8")
    check("[$-2000401]#,##0" in other["ar"] and "[$-2000401]yyyy-mm-dd" in other["ar"],
          "Arabic digits where the settings ask for them", other["ar"][:400])
    check("[$-107041E]yyyy-mm-dd" in other["th"] and other["th"].count("[$-") == 1,
          "and Buddhist years", other["th"][:400])
    check(other["en"] == plain[0], "English ones stay")


def history(owner: Client) -> None:
    every = json.loads(owner.ask("GET", "/api/v1/history")[2])
    points = every["assessments"]
    check(len(points) == 3 and every["next_cursor"] is None and
          [p["as_of"] for p in points] == sorted(p["as_of"] for p in points), "every mark, in order", points)
    check(all(len(p["dimensions"]) > 3 and p["dimensions"][0]["low"] <= p["dimensions"][0]["high"] and
              p["index_low"] <= p["index"] <= p["index_high"] and len(p["probabilities"]) == 4
              for p in points), "with all that a chart of the trend needs", points[0])
    got, cursor = [], ""
    for _ in range(5):
        page = json.loads(owner.ask("GET", f"/api/v1/history?limit=1{cursor}")[2])
        got = page["assessments"] + got
        if not page["next_cursor"]:
            break
        cursor = "&cursor=" + page["next_cursor"]
    check(got == points, "page by page from the newest it is the same", len(got))


def imports(owner: Client, rejected: int) -> None:
    listed = json.loads(owner.ask("GET", "/api/v1/imports?limit=200")[2])["imports"]
    odd = next(i for i in listed if i["name"] == "odd_orders.csv")
    status, _, body = owner.ask("GET", f"/api/v1/imports/{odd['id']}")
    told = json.loads(body)
    check(status == 200 and told["rejected"] == rejected == len(told["rejects"]) and
          told["rejects"][0]["line"] > 1 and told["rejects"][0]["reason"],
          "a file's report says which lines were not taken, and why", body)
    report = told["report"]
    check(report["id"] == odd["id"] and report["rows"]["stored"] == told["stored"] > 0 and
          any(t["minor"] > 0 for t in report["totals"]), "and what it added up to", report)
    check(owner.ask("GET", "/api/v1/imports/999999")[0] == 404, "another number is none")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        shop, demo = folder + "/shop", pathlib.Path(folder, "demo")
        run("simulate", "--stage", "2", "--orders", "300", str(demo))
        orders = next(p for p in demo.rglob("*.csv") if p.name.startswith("orders"))
        lines = orders.read_text(encoding="utf-8").splitlines(keepends=True)
        orders.with_name("odd_orders.csv").write_text(
            "".join(lines[:40]) + lines[1].replace("20", "xx"), encoding="utf-8")
        run("init", shop)
        run("import", str(demo), "--workspace", shop)
        said = json.loads(run("assess", "--workspace", shop, "--json"))
        run("assess", "--workspace", shop, "--as-of", "2025-06-30")
        server = Server(shop)
        owner = enter(server)
        status, _, body = owner.ask("GET", "/api/v1/assessment")
        check(status == 200 and json.loads(body)["stage"] == said["stage"] and
              json.loads(body)["as_of"] == said["as_of"], "the newest mark that the command made is told",
              body[:300])
        check(json.loads(owner.ask("GET", "/api/v1/roadmap")[2]).get("steps") is not None,
              "with its road map")
        reports(owner)
        ways(owner, shop)
        owner.ask("PUT", "/api/v1/settings", {"margin": 0.31})
        done = owner.wait(json.loads(owner.ask("POST", "/api/v1/assessments", {})[2])["job"])
        check(done["state"] == "done", "the server judges, too", done)
        history(owner)
        imports(owner, 2)
        check(server.end() == 0, "the server ends")
        server = Server(shop)
        owner.server = server
        check(owner.ask("GET", "/api/v1/assessment/report?format=pdf")[0] == 200,
              "reports outlive a restart")
        imports(owner, 2)
        check(server.end() == 0, "and the server ends")


main()
end()
