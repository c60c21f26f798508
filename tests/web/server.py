#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The server as its clients see it: server.py TIDEMARK. Prints TAP.

The routes come from the program's own description, so that a new one is walked without a line here.
"""
import json
import pathlib
import re
import socket
import subprocess
import tempfile
import threading
import time

from client import PASSWORD, ROLES, Client, Server, check, end, tidemark


def setup(server: Server) -> Client:
    token = server.setup_token()
    owner = Client(server)
    wish = {"token": token, "email": "owner@example.com", "password": PASSWORD}
    check(owner.ask("POST", "/api/v1/setup", {**wish, "token": "0" * 64})[0] == 403,
          "another token is refused")
    check(owner.ask("POST", "/api/v1/setup", {**wish, "password": "password1234"})[0] == 400,
          "an easy password is refused")
    status, headers, body = owner.ask("POST", "/api/v1/setup", wish)
    check(status == 201, "the link sets the owner", body)
    cookie = headers.get("set-cookie", "")
    check("HttpOnly" in cookie and "SameSite=Lax" in cookie, "the cookie is guarded", cookie)
    owner.csrf = json.loads(body)["csrf"]
    check(Client(server).ask("POST", "/api/v1/setup", wish)[0] == 403, "the link is good once")
    return owner


def add_people(server: Server, owner: Client) -> dict[str, Client]:
    clients = {"owner": owner, "nobody": Client(server), "stranger": Client(server, "tmk_" + "0" * 64)}
    for role in ROLES[:3]:
        wish = {"email": f"{role}@example.com", "password": PASSWORD, "role": role}
        status, _, body = owner.ask("POST", "/api/v1/users", wish)
        clients[role] = Client(server)
        check(status == 201 and clients[role].enter(wish["email"]) == 200, f"a {role} comes in", body)
    for scope in ("read", "import", "work"):
        status, _, body = owner.ask("POST", "/api/v1/keys", {"name": scope, "scopes": [scope]})
        clients["key " + scope] = Client(server, json.loads(body).get("key", ""))
        check(status == 201, f"a key that may {scope}", body)
    return clients


def raw(server: Server, text: bytes, wait: float = 5) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as link:
        try:
            link.sendall(text)
            return link.recv(65536)
        except OSError as broken:
            return str(broken).encode()


def limits(server: Server, owner: Client) -> None:
    host = f"Host: 127.0.0.1:{server.port}\r\n".encode()
    check(owner.ask("GET", "/" + "a" * 600)[0] == 414, "a long address is refused")
    got = raw(server, b"GET /" + b"a" * 40000 + b" HTTP/1.1\r\n" + host + b"\r\n")
    check(b"200 OK" not in got, "an endless address is refused", got[:100])
    got = raw(server, b"GET /healthz HTTP/1.1\r\n" + host +
              b"".join(b"X-%d: %s\r\n" % (i, b"y" * 100) for i in range(400)) + b"\r\n")
    check(b"200 OK" not in got, "headers beyond 16 KiB are refused", got[:100])
    check(owner.ask("POST", "/api/v1/keys", raw=b"{" + b" " * 70000,
                    headers={"Content-Type": "application/json"})[0] == 413,
          "a body beyond the limit is refused")
    got = raw(server, b"POST /api/v1/login HTTP/1.1\r\n" + host +
              b"Content-Length: 99999999999\r\n\r\n")
    check(b" 413 " in got, "a huge length is refused before its body", got[:100])
    got = raw(server, b"POST /api/v1/login HTTP/1.1\r\n" + host +
              b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    check(b" 400 " in got or got == b"", "two lengths are refused", got[:100])
    check(owner.ask("GET", "/healthz", headers={"Host": "evil.example.com"})[0] == 421,
          "another name of the server is refused")
    check(owner.ask("POST", "/api/v1/keys", raw=b"a=b",
                    headers={"Content-Type": "text/plain"})[0] == 415, "a form is refused")
    check(owner.ask("POST", "/api/v1/keys", raw=b"[" * 5000,
                    headers={"Content-Type": "application/json"})[0] == 400, "deep JSON is refused")
    check(owner.ask("TRACE", "/api/v1/me")[0] == 405, "another method is refused")
    link = socket.create_connection(("127.0.0.1", server.port))
    link.sendall(b"POST /api/v1/login HTTP/1.1\r\n" + host + b"Content-Length: 1000\r\n\r\n{")
    begun = time.monotonic()
    check(owner.ask("GET", "/healthz")[0] == 200 and time.monotonic() - begun < 2,
          "a slow body holds up nobody")
    link.close()


def at_once(owner: Client) -> None:
    answers = []

    def add() -> None:
        answers.append(owner.ask("POST", "/api/v1/users",
                                 {"email": "twice@example.com", "password": PASSWORD,
                                  "role": "viewer"}, {"Idempotency-Key": "one"}))
    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check(len({(a[0], a[2]) for a in answers}) == 1 and answers[0][0] == 201,
          "the same request four times at once has one effect and one answer",
          [(a[0], a[2][:80]) for a in answers])
    other = owner.ask("POST", "/api/v1/users", {"email": "x@example.com"},
                      {"Idempotency-Key": "one"})
    check(other[0] == 422, "its key is good for no other request", other[0])


def work(server: Server, owner: Client, folder: str) -> None:
    check(owner.ask("GET", "/api/v1/assessment")[0] == 404, "nothing is assessed at first")
    demo = pathlib.Path(folder, "demo")
    subprocess.run([tidemark, "simulate", "--stage", "2", "--orders", "300", str(demo)],
                   check=False, capture_output=True)
    orders = sorted(p for p in demo.rglob("*.csv") if "order" in p.name)
    check(bool(orders), "there is a file to import", list(demo.rglob("*"))[:9])
    if not orders:
        return
    status, _, body = owner.ask("POST", "/api/v1/imports?name=..%2F..%2F" + orders[0].name,
                                raw=orders[0].read_bytes())
    check(status == 202, "a file is taken", body)
    done = owner.wait(json.loads(body)["job"])
    check(done["state"] == "done", "and imported", done)
    listed = json.loads(owner.ask("GET", "/api/v1/imports")[2])["imports"]
    check(len(listed) == 1 and "/" not in listed[0]["name"], "and listed, under a tame name", listed)
    check(listed[0].get("source") == "shopify", "with the source that evidence names", listed)
    check(not list(pathlib.Path(folder, "shop", "imports").iterdir()), "its copy is gone")
    status, _, body = owner.ask("PUT", "/api/v1/answers/EML-1", {"answer": 3})
    check(status in (200, 404), "an answer is taken", body)
    job = json.loads(owner.ask("POST", "/api/v1/assessments", {})[2])["job"]
    events = owner.ask("GET", f"/api/v1/jobs/{job}/events")[2]
    check(b"event: progress" in events and b"event: end" in events, "its events come to an end",
          events[-300:])
    done = owner.wait(job)
    check(done["state"] == "done", "the shop is assessed", done)
    status, _, body = owner.ask("GET", "/api/v1/assessment")
    check(status == 200 and "stage" in json.loads(body), "and the mark is there", body[:200])
    status, _, body = owner.ask("GET", "/api/v1/roadmap")
    check(status == 200, "and the road map", body[:300])
    plan_and_what_if(owner)
    check(len(json.loads(owner.ask("GET", "/api/v1/history")[2])["assessments"]) == 1,
          "and its place in history")
    job = json.loads(owner.ask("DELETE", f"/api/v1/imports/{listed[0]['id']}")[2])["job"]
    check(owner.wait(job)["state"] == "done" and
          not json.loads(owner.ask("GET", "/api/v1/imports")[2])["imports"], "an import is undone")
    status, _, body = owner.ask("POST", "/api/v1/imports?name=a.csv", raw=orders[0].read_bytes())
    check(owner.wait(json.loads(body)["job"])["state"] == "done", "and can be done again")
    check(owner.ask("POST", "/api/v1/imports?name=junk.csv", raw=b"\x00\x01junk")[0] == 202 and
          owner.wait(json.loads(body)["job"] + 1)["state"] == "failed", "junk fails, and says so")
    busy = subprocess.run([tidemark, "history", "--workspace", folder + "/shop"],
                          capture_output=True, text=True, check=False)
    check(busy.returncode == 75, "other commands are told to wait", busy.stderr)


def plan_and_what_if(owner: Client) -> None:
    """What follows from the mark, worked out anew: no assessment comes in between."""
    def ask(method: str, path: str, body: object = None,
            headers: dict | None = None) -> tuple[int, dict]:
        status, _, text = owner.ask(method, "/api/v1" + path, body, headers)
        return status, json.loads(text)

    status, then = ask("POST", "/whatif", {"levels": {}})
    mark = json.loads(owner.ask("GET", "/api/v1/assessment")[2])
    check(status == 200 and then["stage"]["probabilities"] == mark["stage"]["probabilities"]
          and then["index"]["value"] == mark["index"]["value"], "what if without a move is the mark", then)
    every = {p["id"]: 4 for p in mark["practices"]}
    check(ask("POST", "/whatif", {"levels": every})[1]["stage"]["best"] == 4,
          "what if all were at level 4")
    status, wrong = ask("POST", "/whatif", {"levels": {"EML-1": 5}})
    check(status == 400 and "levels.EML-1" in wrong["detail"], "a level that is none is named", wrong)
    comment = "# mine alone\npin: # wishes\n  FND-4: 1 # spend\n"
    check(ask("PUT", "/plan", {"plan": comment}, {"If-Match": "*"})[0] == 200,
          "a hand-written plan is taken")
    status, plan = ask("PATCH", "/plan/steps/FND-4", {"pin": 2, "owner": "Kim", "not_before": None})
    check(status == 200 and plan["plan"].startswith("# mine alone\npin: # wishes\n  FND-4: 2 # spend\n"),
          "a step is pinned elsewhere, and the comments stay", plan)
    check(plan["steps"] == [{"practice": "FND-4", "pin_quarter": 2, "first": False, "forbidden": False,
                             "begun": False, "hours_left": None, "done": 0, "owner": "Kim",
                             "not_before": None}], "it reads back", plan["steps"])
    road = ask("GET", "/roadmap")[1]
    mine = [x for x in road["steps"] if x["practice"] == "FND-4"]
    check(mine and mine[0]["quarter"] == 2 and mine[0]["owner"] == "Kim" and mine[0]["pinned"],
          "the road map follows the plan at once", road)
    status, wrong = ask("PATCH", "/plan/steps/FND-4", {"pin": 9})
    check(status == 400 and "pin.FND-4" in wrong["detail"], "a quarter that is none is named", wrong)
    check(ask("PATCH", "/plan", {"roles": {"owner": {"hours": 0}}})[0] == 200, "hours change")
    road = ask("GET", "/roadmap")[1]
    check(not road["feasible"] and (road["to_fit"] or road["dropped"])
          and all(x["text"] for x in road["to_fit"] + road["dropped"]),
          "what would have to give is told", road)
    for form, begins in (("csv", b"\xef\xbb\xbf"), ("ics", b"BEGIN:VCALENDAR"), ("xlsx", b"PK")):
        status, headers, body = owner.ask("GET", f"/api/v1/roadmap?format={form}")
        check(status == 200 and body.startswith(begins)
              and f"roadmap.{form}" in headers.get("content-disposition", ""), f"the road map as {form}")
    bits = [q["tells"]["bits"] or 0 for q in ask("GET", "/questions")[1]["questions"]]
    check(bits == sorted(bits, reverse=True) and len(bits) > 50, "questions: what tells most first", bits)
    ask("PUT", "/plan", {"plan": "quarters: 4\n"}, {"If-Match": "*"})


def keep(owner: Client) -> None:
    """For how long what is kept, and when somebody who asks is erased."""
    names = ["events", "messages", "live", "people", "reasons", "marks", "erasures", "audit"]
    wish = {"keep_" + name: 800 + i for i, name in enumerate(names)} | {"keep_people": 700}
    status, _, body = owner.ask("PUT", "/api/v1/settings", wish | {"erase_on_request": "at_once"})
    told = json.loads(body)
    check(status == 200 and {name: told[name] for name in wish} == wish and
          told["erase_on_request"] == "at_once", "what is kept how long is set", body)
    for wrong in ({"keep_events": 30}, {"keep_people": 801}, {"keep_live": -1},
                  {"keep_marks": "31"}, {"keep_audit": 99999}, {"erase_on_request": "never"},
                  {"erasures_file": "/tmp/x"}):
        check(owner.ask("PUT", "/api/v1/settings", wrong)[0] == 400, f"{wrong} is refused")
    status, _, body = owner.ask("PUT", "/api/v1/settings", {name: 0 for name in wish} |
                                {"erase_on_request": "in_time"})
    check(status == 200 and not any(json.loads(body)[name] for name in wish), "and unset", body)


def settings(owner: Client) -> None:
    status, _, body = owner.ask("PUT", "/api/v1/settings", {"shop": "Example", "margin": 0.4})
    check(status == 200 and json.loads(body)["margin"] == 0.4, "settings are kept", body)
    status, _, body = owner.ask("PUT", "/api/v1/settings", {"goal": 4000000})
    check(status == 200 and json.loads(body)["goal"] == 4000000, "the goal is kept", body)
    check(owner.ask("PUT", "/api/v1/settings", {"goal": -5})[0] == 400, "no goal below nothing")
    keep(owner)
    status, _, body = owner.ask("PUT", "/api/v1/settings", {"goal": None})
    check(status == 200 and json.loads(body)["goal"] is None, "it can be taken away", body)
    check(owner.ask("PUT", "/api/v1/settings", {"currency": "euros"})[0] == 400,
          "wrong ones are not")
    check(owner.ask("PUT", "/api/v1/plan", {"plan": "quarters: [x"},
                    headers={"If-Match": "*"})[0] in (400, 422),
          "a wrong plan is not kept")
    audit = json.loads(owner.ask("GET", "/api/v1/audit?limit=2")[2])
    check(len(audit["audit"]) == 2 and audit["next_cursor"], "what was done is on record", audit)
    everything = json.dumps(audit)
    check(PASSWORD not in everything, "without secrets")


def cancelling(owner: Client) -> None:
    """At whatever moment of its beginning a job is cancelled, it ends so, and the next one does not."""
    states = []
    for i in range(20):
        job = json.loads(owner.ask("POST", "/api/v1/assessments", {})[2])["job"]
        time.sleep(i * .002)
        owner.ask("DELETE", f"/api/v1/jobs/{job}")
        states.append(owner.wait(job)["state"])
    check(states == ["cancelled"] * 20, "a job cancelled at its beginning ends cancelled", states)
    job = json.loads(owner.ask("POST", "/api/v1/assessments", {})[2])["job"]
    done = owner.wait(job)
    check(done["state"] == "done", "and the next one is done", done)


def roles_change(server: Server, clients: dict[str, Client]) -> None:
    owner, viewer = clients["owner"], clients["viewer"]
    people = json.loads(owner.ask("GET", "/api/v1/users")[2])["users"]
    ids = {p["email"].split("@")[0]: p["id"] for p in people}
    check(owner.ask("PATCH", f"/api/v1/users/{ids['viewer']}", {"role": "analyst"})[0] == 200 and
          viewer.ask("GET", "/api/v1/me")[0] == 401, "a change of role ends the sessions")
    check(owner.ask("DELETE", f"/api/v1/users/{ids['owner']}")[0] == 400, "the last owner stays")
    owner.ask("PATCH", f"/api/v1/users/{ids['marketer']}", {"disabled": True})
    check(clients["marketer"].ask("GET", "/api/v1/me")[0] == 401 and
          Client(server).enter("marketer@example.com") == 401, "who is shut out stays out")


def restart(owner: Client, folder: str) -> Server:
    server = Server(folder + "/shop")
    owner.server = server
    check(owner.ask("GET", "/api/v1/me")[0] == 200, "sessions outlive a restart")
    return server


def log_ins(server: Server) -> None:
    begun = time.monotonic()
    unknown = Client(server).ask("POST", "/api/v1/login",
                                 {"email": "none@example.com", "password": PASSWORD})
    between = time.monotonic()
    known = Client(server).ask("POST", "/api/v1/login",
                               {"email": "analyst@example.com", "password": "wrong " + PASSWORD})
    ended = time.monotonic()
    strip = lambda body: re.sub(rb'"request".*', b"", body)
    check(unknown[0] == known[0] == 401 and strip(unknown[2]) == strip(known[2]),
          "an unknown address and a wrong password get the same words")
    ratio = (between - begun) / (ended - between)
    check(0.2 < ratio < 5, "and cost the same work", ratio)
    got = [Client(server).enter("analyst@example.com", "wrong " + PASSWORD) for _ in range(6)]
    check(got[-1] == 429 and got[0] == 401, "the sixth wrong log-in in a minute has to wait", got)
    check(Client(server).enter("ANALYST@example.com") == 429, "whatever the case of the letters")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder + "/shop")
        owner = setup(server)
        clients = add_people(server, owner)
        limits(server, owner)
        at_once(owner)
        work(server, owner, folder)
        settings(owner)
        check(b"tidemark_requests_total" in owner.ask("GET", "/metrics")[2], "there are figures")
        cancelling(owner)
        roles_change(server, clients)
        owner.ask("POST", "/api/v1/assessments", {})
        check(server.end() == 0, "it ends in order in the middle of a job")
        server = restart(owner, folder)
        jobs = json.loads(owner.ask("GET", "/api/v1/jobs")[2])["jobs"]
        check(all(j["state"] != "running" or j["kind"] == "resolve" for j in jobs) and
              any(j["kind"] == "assess" and j["state"] == "interrupted" for j in jobs),
              "and nothing is half done", jobs)
        check(owner.ask("GET", "/api/v1/assessment")[0] == 200, "the mark before is still there")
        log_ins(server)
        check(owner.ask("POST", "/api/v1/logout", {})[0] == 204 and
              owner.ask("GET", "/api/v1/me")[0] == 401, "a session ends")
        check(server.end() == 0, "and the server")


main()
end()
