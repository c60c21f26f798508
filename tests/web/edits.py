#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Files that people write by hand while the server runs: taken without a restart, told where they
are wrong, and never lost under a save of a page. edits.py TIDEMARK. Prints TAP."""
import json
import os
import pathlib
import subprocess
import tempfile
import time

from client import Client, Server, check, comes_to, end, tidemark

TOTAL = "/api/v1/views/revenue?by=total&from=1990-01-01&to=2100-01-01"


def get(client: Client, path: str) -> dict:
    return json.loads(client.ask("GET", "/api/v1" + path)[2])


def wrong(client: Client) -> dict[str, dict]:
    return {one["name"]: one for one in get(client, "/files")["wrong"]}


def mark_is_fresh(client: Client) -> bool:
    return client.ask("GET", "/api/v1/assessment")[1].get("x-tidemark-fresh") != "false"


def shop_name(client: Client) -> str:
    return get(client, "/settings")["shop"]


def total(client: Client) -> tuple[bool, str]:
    status, _, body = client.ask("GET", TOTAL)
    told = json.loads(body)
    return (told["fresh"], told["currency"] or "") if status == 200 else (False, "")


def by_rename(path: pathlib.Path, text: str) -> None:
    """As most editors and tools do: a new file takes the old one's place."""
    beside = path.with_name(path.name + "~")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def as_vim(path: pathlib.Path, text: str) -> None:
    """The old one is put aside first, so that there is none for a moment."""
    path.replace(path.with_name(path.name + "~"))
    time.sleep(0.7)
    path.write_text(text, encoding="utf-8")


def settings(owner: Client, file: pathlib.Path) -> None:
    was = file.read_text(encoding="utf-8")
    for how, name in ((by_rename, "Renamed"), (as_vim, "Put aside"), (pathlib.Path.write_text, "In place")):
        seen = set()
        how(file, was + f"shop: {name}\n")

        def look() -> str:
            seen.add(shop_name(owner))
            return get(owner, "/settings")["shop"]
        check(comes_to(look, lambda shop, name=name: shop == name),
              f"settings written by hand count without a restart ({how.__name__})", seen)
        check("" not in seen or how is by_rename, "and are never away in between", seen)
    check(total(owner)[1] == "EUR" and comes_to(lambda: total(owner), lambda t: t[0]),
          "figures are in the shop's currency", total(owner))
    file.write_text(was.replace("EUR", "GBP") + "shop: In place\n", encoding="utf-8")
    told = []
    check(comes_to(lambda: told.append(total(owner)) or told[-1], lambda t: t == (True, "GBP")),
          "another currency makes them anew", told[-5:])
    since = told[next(i for i, one in enumerate(told) if one != (True, "EUR")):]
    check(not [one for one in since[:-1] if one[0]], "and the old ones are told as old meanwhile", since)
    check(not wrong(owner), "nothing is wrong")


def half(owner: Client, file: pathlib.Path) -> None:
    """A writer that has not done is waited for, whatever stands there so far."""
    was, seen = file.read_text(encoding="utf-8"), set()
    with open(file, "w", encoding="utf-8") as slow:  # empty from here on
        for piece in ("shop: Half\n", "country: DE\n"):
            limit = time.monotonic() + 2.5
            while time.monotonic() < limit:
                seen.add((shop_name(owner), get(owner, "/settings")["currency"]))
                time.sleep(0.1)
            slow.write(piece)
            slow.flush()
        status, _, body = owner.ask("PUT", "/api/v1/settings", {"goal": 7})
        check(status == 409 and b"just now" in body, "no page saves over it meanwhile", (status, body))
        slow.write("currency: GBP\n")
    check(seen == {("In place", "GBP")}, "half a file changes nothing", seen)
    check(comes_to(lambda: shop_name(owner), lambda shop: shop == "Half"), "the whole one counts")
    file.write_text("", encoding="utf-8")
    check(comes_to(lambda: wrong(owner), lambda w: "tidemark.yaml" in w) and shop_name(owner) == "Half",
          "an empty one takes nothing away, and is told")
    file.unlink()
    check(comes_to(lambda: shop_name(owner), lambda shop: shop == "") and not wrong(owner),
          "a file that was taken away leaves the defaults")
    file.write_text(was, encoding="utf-8")
    check(comes_to(lambda: shop_name(owner), lambda shop: shop == "In place"), "until it is back")


def invalid(owner: Client, viewer: Client, file: pathlib.Path, log: pathlib.Path) -> None:
    was = file.read_text(encoding="utf-8")
    file.write_text(was + "margin: 40\n", encoding="utf-8")
    line = was.count("\n") + 1
    check(comes_to(lambda: wrong(viewer), lambda w: "tidemark.yaml" in w), "a wrong edit is told to all")
    told = wrong(owner)["tidemark.yaml"]
    check(f"tidemark.yaml:{line}: margin" in told["detail"] and told["hint"] and
          get(owner, "/settings")["shop"] == "In place" and get(owner, "/settings")["margin"] is None,
          "with file, line and what to do, and the former settings go on", told)
    arabic = json.loads(viewer.ask("GET", "/api/v1/files", headers={"Accept-Language": "ar"})[2])
    check(arabic["wrong"][0]["hint"] != told["hint"], "in the reader's language", arabic)
    _, headers, _ = viewer.ask("GET", "/api/v1/history")
    check(headers.get("x-tidemark-files", "").startswith("wrong-"), "every answer says that there is something", headers)
    health = json.loads(owner.ask("GET", "/healthz")[2])
    metrics = owner.ask("GET", "/metrics")[2].decode()
    check(health["ok"] and health["files_wrong"] and "tidemark_files_wrong 1\n" in metrics,
          "health and metrics, too", health)
    said = log.read_text(encoding="utf-8")
    check(f"tidemark.yaml:{line}: margin" in said and said.count("is not taken") == 2,
          "and the log, once each", said[-600:])
    status, _, body = owner.ask("PUT", "/api/v1/settings", {"goal": 7})
    check(status == 409 and f"tidemark.yaml:{line}" in body.decode() and
          file.read_text(encoding="utf-8") == was + "margin: 40\n",
          "no page saves over it: it is to be mended first", (status, body))
    job = json.loads(owner.ask("POST", "/api/v1/assessments", {})[2])["job"]
    check(owner.wait(job)["state"] == "done", "the shop is assessed by the former ones")
    file.write_text(was + "margin: 0.4\n", encoding="utf-8")
    check(comes_to(lambda: get(owner, "/settings")["margin"], lambda m: m == 0.4) and not wrong(owner) and
          viewer.ask("GET", "/api/v1/history")[1]["x-tidemark-files"] == "right",
          "mended, it counts, and nothing is wrong any more")


def conflict(owner: Client, file: pathlib.Path) -> None:
    status, headers, body = owner.ask("GET", "/api/v1/settings")
    etag = headers.get("etag", "")
    check(etag and json.loads(body)["version"] in etag, "settings have a version", headers)
    was = file.read_text(encoding="utf-8")
    file.write_text("# by hand\n" + was.replace("In place", "By hand") + "vertical: apparel  # why\n",
                    encoding="utf-8")
    status, _, body = owner.ask("PUT", "/api/v1/settings", {"shop": "By page"}, headers={"If-Match": etag})
    check(status == 412 and b"meanwhile" in body and shop_name(owner) == "By hand",
          "a save of what was read before a hand edit is refused, and the edit counts", (status, body))
    etag = owner.ask("GET", "/api/v1/settings")[1]["etag"]
    status, headers, _ = owner.ask("PUT", "/api/v1/settings", {"shop": "By page", "goal": 500},
                                   headers={"If-Match": etag})
    text = file.read_text(encoding="utf-8")
    check(status == 200 and "# by hand" in text and "vertical: apparel  # why" in text and
          "By page" in text and "goal: 500" in text, "and after that comments and order stay", text)
    check(headers.get("etag") not in (None, etag), "which is another version", headers)
    status, _, _ = owner.ask("PUT", "/api/v1/settings", {"goal": None}, headers={"If-Match": headers["etag"]})
    text = file.read_text(encoding="utf-8")
    check(status == 200 and "goal" not in text, "what is taken back leaves no line", text)


def plan(owner: Client, file: pathlib.Path) -> None:
    file.write_text("# ours\nquarters: 3\n", encoding="utf-8")
    check(comes_to(lambda: get(owner, "/plan")["quarters"], lambda n: n == 3), "the plan is read by hand edits")
    etag = owner.ask("GET", "/api/v1/plan")[1]["etag"]
    file.write_text("# ours\nquarters: 2\ntarget: 3\n", encoding="utf-8")
    status, _, body = owner.ask("PATCH", "/api/v1/plan", {"quarters": 4}, headers={"If-Match": etag})
    check(status == 412, "a page does not go over it unknowingly", (status, body))
    status, _, body = owner.ask("PUT", "/api/v1/plan", {"plan": "quarters: 4\n"})
    check(status == 428 and b"If-Match" in body, "who replaces it says what is replaced", (status, body))
    check(owner.ask("PUT", "/api/v1/plan", {"plan": "quarters: 4\n"}, headers={"If-Match": etag})[0] == 412 and
          "target: 3" in file.read_text(encoding="utf-8"), "and not an older one")
    file.write_text("quarters: nine\n", encoding="utf-8")
    check(comes_to(lambda: wrong(owner), lambda w: "plan.yaml" in w), "a wrong plan is told")
    check(get(owner, "/plan")["quarters"] == 2 and owner.ask("GET", "/api/v1/roadmap")[0] == 200,
          "and the former one goes on")
    file.write_text("quarters: 2\n", encoding="utf-8")
    check(comes_to(lambda: wrong(owner), lambda w: not w), "until it is mended")


def answers(owner: Client, file: pathlib.Path) -> None:
    def of(practice: str) -> dict:
        return next(q["answer"] for q in get(owner, "/questions")["questions"] if q["practice"] == practice)

    file.write_text("answers:\n  ORG-1: {answer: 2}\n", encoding="utf-8")
    check(comes_to(lambda: of("ORG-1")["level"], lambda level: level == 2), "answers by hand are read")
    before = of("ORG-1")["version"], of("ORG-2")["version"]
    file.write_text("answers:\n  ORG-1: {answer: 3}\n", encoding="utf-8")
    status, _, _ = owner.ask("PUT", "/api/v1/answers/ORG-2", {"answer": 2},
                             headers={"If-Match": f'"{before[1]}"'})
    check(status == 200 and of("ORG-1")["level"] == 3 and of("ORG-2")["level"] == 2,
          "a save of another answer keeps what was written by hand just before")
    status, _, body = owner.ask("PUT", "/api/v1/answers/ORG-1", {"answer": 1},
                                headers={"If-Match": f'"{before[0]}"'})
    check(status == 412 and of("ORG-1")["level"] == 3, "one of the same answer is refused", (status, body))
    good = file.read_text(encoding="utf-8")
    file.write_text("answers:\n  ORG-1: {answer: 9}\n", encoding="utf-8")
    check(comes_to(lambda: wrong(owner), lambda w: "answers.yaml" in w) and of("ORG-1")["level"] == 3,
          "wrong answers are told, and the former ones go on")
    job = json.loads(owner.ask("POST", "/api/v1/assessments", {})[2])["job"]
    check(owner.wait(job)["state"] == "done" and mark_is_fresh(owner), "also in an assessment")
    check(owner.ask("PUT", "/api/v1/answers/ORG-2", {"answer": 1})[0] == 409 and
          "9" in file.read_text(encoding="utf-8"), "no answer goes over them")
    file.write_text(good.replace("answer: 3", "answer: 1", 1), encoding="utf-8")
    check(comes_to(lambda: wrong(owner), lambda w: not w), "until they are mended")
    check(not mark_is_fresh(owner), "the mark says that it rests on others")
    file.write_text(good, encoding="utf-8")
    check(comes_to(lambda: mark_is_fresh(owner), lambda fresh: fresh), "and not where they are as they were")
    owner.ask("PUT", "/api/v1/settings", {"shop": "Another name"})
    check(mark_is_fresh(owner), "nor for a name")
    owner.ask("PUT", "/api/v1/settings", {"margin": 0.3})
    check(not mark_is_fresh(owner), "but for another margin")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        demo, shop = pathlib.Path(folder, "demo"), pathlib.Path(folder, "shop")
        subprocess.run([tidemark, "simulate", "--stage", "2", "--orders", "100", str(demo)],
                       check=True, capture_output=True)
        subprocess.run([tidemark, "init", "--currency", "EUR", "--time-zone", "UTC", str(shop)],
                       check=True, capture_output=True)
        for path in demo.rglob("orders*.csv"):
            subprocess.run([tidemark, "import", "-w", str(shop), str(path)], check=True, capture_output=True)
        log = pathlib.Path(folder, "log")
        with open(log, "w", encoding="utf-8") as to:
            server = Server(str(shop), log=to)
            owner = Client(server).first_owner()
            owner.ask("POST", "/api/v1/users", {"email": "viewer@example.com", "role": "viewer",
                                                "password": "seven quiet rivers"})
            viewer = Client(server)
            viewer.enter("viewer@example.com")
            comes_to(lambda: total(owner), lambda t: t[0])
            settings(owner, shop / "tidemark.yaml")
            half(owner, shop / "tidemark.yaml")
            invalid(owner, viewer, shop / "tidemark.yaml", log)
            conflict(owner, shop / "tidemark.yaml")
            answers(owner, shop / "answers.yaml")
            plan(owner, shop / "plan.yaml")
            check(not [p.name for p in shop.iterdir() if p.name.endswith(".new")], "nothing is left over",
                  os.listdir(shop))
            check(server.end() == 0, "the server ends in order")
    end()


main()
