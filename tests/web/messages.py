#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages over the web: kept, checked, seen as a person gets them. messages.py TIDEMARK. Prints
TAP."""
import json
import pathlib
import subprocess
import tempfile
import time

from client import PASSWORD, Client, Server, check, end, tidemark

API = "/api/v1/messages"
TEXT = """name: hello
about: A greeting
subject: "{{ 'subject' | t: name: person.first_name }}"
html: "{% render 'top' %}<p>{{ 'body' | t }} {{ person.orders_count }} {{ note }}</p>{% render 'end' %}"
languages:
  en: {subject: "Hello {{ name }}", body: Good day, more: And more}
  th: {subject: "สวัสดี {{ name }}", body: วันดี}
"""
PROFILES = """Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,\
Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,\
Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,\
Total Orders,Note,Tax Exempt,Tags
1001,<b>Ann</b>,Ng,ann@example.com,yes,,,,Millport,MP,GB,45678,,,no,0,0,,no,
"""
ORDERS = """order_id,ordered_at,total,currency,email,status
7001,2026-10-01T10:00:00Z,25.00,THB,ann@example.com,paid
"""


def read(client: Client, method: str, path: str, body: object = None) -> tuple[int, dict]:
    status, _, told = client.ask(method, API + path, body)
    try:
        return status, json.loads(told)
    except ValueError:
        return status, {}


def keeps(owner: Client) -> int:
    status, told = read(owner, "PUT", "", {"text": TEXT})
    number = told.get("id", 0)
    check(status == 200 and number > 0, "a text is kept under the name in it", (status, told))
    status, told = read(owner, "PUT", "", {"text": TEXT.replace("A greeting", "Greets")})
    check(status == 200 and told["id"] == number, "the one of that name is changed", told)
    status, told = read(owner, "GET", "")
    check(status == 200 and [(m["name"], m["about"], m["changed_by"]) for m in told["messages"]] ==
          [("hello", "Greets", "owner@example.com")], "those that are kept are listed", told)
    status, told = read(owner, "GET", f"/{number}")
    check(status == 200 and told["languages"] == ["en", "th"] and "person" in told["names"] and
          "note" in told["names"] and told["text"].startswith("name: hello"), "one is told whole", told)
    found = [(f["language"], f["blocks"]) for f in told["findings"]]
    check(("", True) in found and ("th", False) in found,
          "with what stands against marketing and what is not translated", told["findings"])
    return number


def refuses(owner: Client, number: int) -> None:
    bad = "name: x\nsubject: s\nhtml: '{{ a | nofilter }}'\n"
    for what, method, path, body in (
            ("a broken text is not kept", "PUT", "", {"text": bad}),
            ("nor in another's place", "PUT", f"/{number}", {"text": bad}),
            ("no text is no message", "PUT", "", {}),
            ("data are an object", "POST", "/preview", {"text": TEXT, "data": [1]})):
        status, told = read(owner, method, path, body)
        check(status == 400, what, (status, told))
    for path in ("/999", "/none", "/check"):
        check(read(owner, "GET", path)[0] == 404, f"nothing is at {path}")
    check(read(owner, "PUT", "/999", {"text": TEXT})[0] == 404, "what is not there is not changed")
    status, told = read(owner, "POST", "/preview", {"name": "goose"})
    check(status == 404, "nothing is shown of what is not there", told)


def finds(owner: Client) -> None:
    """All that is wrong, by the line of the text; and a text that is right as it would be kept."""
    bad = "name: x\nsubject: '{{ a | nofilter }}'\nhtml: |\n  <p>a</p>\n  <p>{{ b</p>\n"
    status, told = read(owner, "POST", "/check", {"text": bad})
    check(status == 200 and told["ok"] is False and [p["line"] for p in told["problems"]] == [2, 5],
          "mistakes in Liquid have the line of the text", told)
    status, told = read(owner, "POST", "/check", {"text": "name: x\nhtml: [1]\nlanguages: {en: 3}\n"})
    check([p["line"] for p in told["problems"]] == [2, 3] and "message:" not in told["problems"][0]["problem"],
          "all of a text's mistakes are told at once", told)
    status, told = read(owner, "POST", "/check", {"text": TEXT})
    check(status == 200 and told["ok"] and told["languages"] == ["en", "th"], "one that is right", told)


def used(owner: Client, number: int) -> None:
    flow = "name: Greet\nstart: {event: sign_up}\nsteps:\n  - {name: a, send: hello, channel: email}\n"
    status, _, told = owner.ask("POST", "/api/v1/flows", {"text": flow})
    check(status == 201, "a flow sends it", told)
    campaign = ("name: Sale\nto: {include: {where: \"number_of_orders > 0\"}}\nsends:\n"
                "  - {name: one, message: hello, channel: email, when: at once}\n")
    status, _, told = owner.ask("POST", "/api/v1/campaigns", {"text": campaign})
    check(status == 201, "and a campaign", told)
    status, told = read(owner, "GET", f"/{number}")
    uses = {kind: [(u["name"], u["on"]) for u in told["used_by"][kind]] for kind in told["used_by"]}
    check(uses == {"flows": [("Greet", False)], "campaigns": [("Sale", False)]}, "who sends it is told", uses)


def conflict(owner: Client, number: int) -> None:
    version = read(owner, "GET", f"/{number}")[1]["version"]
    check(read(owner, "PUT", f"/{number}", {"text": TEXT})[0] == 200, "it is changed")
    for method in ("PUT", "DELETE"):
        status, _, told = owner.ask(method, f"{API}/{number}", {"text": TEXT} if method == "PUT" else None,
                                    {"If-Match": f'"{version}"'})
        check(status == 412 and b"owner@example.com" in told,
              f"who read it before does not {method} it", (status, told))


def framed(owner: Client, server: Server) -> None:
    """The HTML as a document of its own: without an origin, for who asked alone, dark where that is asked."""
    hostile = "name: x\nsubject: s\nhtml: |\n  <style>@media (prefers-color-scheme: dark) {p {color: red}}</style>\n  <script>alert(1)</script><p>{{ unsubscribe_url }}</p>\n"
    frame = read(owner, "POST", "/preview", {"text": hostile})[1]["frame"]
    status, headers, told = owner.ask("GET", f"/api/v1{frame}?dark=1")
    policy = headers["content-security-policy"]
    check(status == 200 and headers["content-type"].startswith("text/html") and policy.startswith("sandbox;") and
          "default-src 'none'" in policy and "script" not in policy and "frame-ancestors 'self'" in policy and
          headers["x-frame-options"] == "SAMEORIGIN" and headers["cache-control"] == "no-store",
          "a preview is a document in which nothing runs", (status, dict(headers)))
    check("(min-width: 0)" in str(told), "dark where that is asked", told)
    check("(max-width: 0)" in str(owner.ask("GET", f"/api/v1{frame}")[2]), "and light otherwise")
    other = Client(server)
    owner.ask("POST", "/api/v1/users", {"email": "other@example.com", "password": PASSWORD, "role": "owner"})
    other.enter("other@example.com")
    check(other.ask("GET", f"/api/v1{frame}")[0] == 404, "another person does not get it")
    check(owner.ask("GET", f"/api/v1{frame[:-1]}")[0] == 404, "nor is there one by another name")
    check(read(owner, "POST", "/preview", {"text": "name: x\ntext: hello STOP\n"})[1]["frame"] == "",
          "a message without HTML has none")


def previews(owner: Client) -> None:
    status, told = read(owner, "POST", "/preview", {"text": TEXT})
    check(status == 200 and told["subject"] == "Hello Ann" and told["language"] == "en" and
          "<p>Good day" in told["html"] and "Good day" in told["text"], "an example is shown", told)
    status, told = read(owner, "POST", "/preview", {"name": "hello", "language": "th"})
    check(status == 200 and told["subject"] == "สวัสดี Ann", "in any of its languages", told)
    wish = {"name": "hello", "data": {"person": {"first_name": "Bo"}, "note": "<i>x</i>"}}
    status, told = read(owner, "POST", "/preview", wish)
    check(status == 200 and told["subject"] == "Hello Bo" and "&lt;i&gt;x" in told["html"],
          "with data that are given, which are no markup", told)
    status, told = read(owner, "POST", "/preview", {"name": "hello", "who": "ann@example.com"})
    check(status == 200 and told["subject"] == "Hello <b>Ann</b>" and "Good day 1" in told["html"],
          "as a person gets it", told)
    found = json.loads(owner.ask("GET", "/api/v1/views/search?q=ann@example.com")[2])["rows"]
    status, told = read(owner, "POST", "/preview", {"name": "hello", "person": found[0]["person"]})
    check(status == 200 and told["subject"] == "Hello <b>Ann</b>", "also by the number of a page", told)
    check(read(owner, "POST", "/preview", {"name": "hello", "person": "ann"})[0] == 400, "which is a number")
    status, told = read(owner, "POST", "/preview", {"name": "hello", "who": "no@example.com"})
    check(status == 404, "nobody's is not shown", told)
    status, told = read(owner, "POST", "/preview", {"name": "cart-1"})
    check(status == 200 and "Teapot" in told["text"], "a starter is shown by its name", told)


def rights(owner: Client, server: Server) -> None:
    owner.ask("POST", "/api/v1/users",
              {"email": "viewer@example.com", "password": PASSWORD, "role": "viewer"})
    viewer = Client(server)
    viewer.enter("viewer@example.com")
    check(read(viewer, "GET", "")[0] == 200, "a viewer reads messages")
    for method, path in (("PUT", ""), ("POST", "/preview"), ("POST", "/check")):
        check(read(viewer, method, path, {"text": TEXT})[0] == 403, f"and does not {method} {path}")


with tempfile.TemporaryDirectory() as folder:
    files = {"profiles.csv": PROFILES, "orders.csv": ORDERS}
    for name, text in files.items():
        pathlib.Path(folder, name).write_text(text, encoding="utf-8")
    shop = folder + "/shop"
    subprocess.run([tidemark, "init", shop, "--currency", "THB"], check=True, capture_output=True)
    done = subprocess.run([tidemark, "import", "--workspace", shop,
                           *(f"{folder}/{name}" for name in files)],
                          capture_output=True, text=True, check=False)
    check(done.returncode == 0, "people are imported", done.stderr.replace("\n", " "))
    server = Server(shop)
    owner = Client(server).first_owner()
    for _ in range(600):
        if json.loads(owner.ask("GET", "/api/v1/views/customers")[2] or "{}").get("fresh"):
            break
        time.sleep(0.2)
    number = keeps(owner)
    refuses(owner, number)
    finds(owner)
    used(owner, number)
    conflict(owner, number)
    previews(owner)
    framed(owner, server)
    status, told = read(owner, "GET", "/starters")
    check(status == 200 and "cart-1" in [s["name"] for s in told["starters"]] and
          all(s["text"] and s["about"] for s in told["starters"]), "messages to begin with", told)
    rights(owner, server)
    check(read(owner, "DELETE", f"/{number}")[0] == 204, "one is removed")
    check(read(owner, "GET", f"/{number}")[0] == 404, "and is gone")
    check(server.end() == 0, "the server ends in order")
end()
