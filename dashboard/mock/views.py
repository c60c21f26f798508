#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes mock/views.json: true answers of a made-up shop whose ads were stopped in its last weeks.

    mock/views.py TIDEMARK FOLDER > mock/views.json

FOLDER is made anew; the answers are those of `tidemark show --json`."""
import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

END, STOPPED = "2026-08-20", "2026-06-01"
YEAR, PAST = ("2025-09-01", END), ("2024-09-01", "2025-08-20")
QUARTER, MONTHS3, BEFORE3 = ("2026-07-01", END), ("2026-05-23", END), ("2026-02-22", "2026-05-22")


def stop_ads(folder):
    """The ad account of one platform ends early, as if its campaigns had been paused."""
    path = folder / "meta_ads.csv"
    with path.open(newline="", encoding="utf-8") as f:
        rows = list(csv.reader(f))
    day = rows[0].index("Day")
    with path.open("w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows(r for i, r in enumerate(rows) if i == 0 or r[day] < STOPPED)


def main():
    tidemark, folder = sys.argv[1], Path(sys.argv[2])
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    demo, shop = folder / "demo", str(folder / "shop")

    def run(*args):
        for _ in range(3):  # a busy machine may be late with the engine
            done = subprocess.run([tidemark, *args], capture_output=True, text=True, check=False)
            if done.returncode == 0:
                return done.stdout
        sys.exit(done.stderr)

    run("simulate", "--stage", "3", "--end", END, str(demo))
    stop_ads(demo)
    run("init", "--shop", "Harbour Tea", "--time-zone", "Europe/London", shop)
    run("import", "--workspace", shop, str(demo))
    answers = []

    def show(view, **params):
        options = [x for k, v in params.items() for x in ("--" + k, str(v))]
        answer = json.loads(run("show", view, "--workspace", shop, "--json", *options))
        answer.pop("columns")
        answers.append({"view": view, "params": params, "answer": answer})
        return answer["rows"]

    def during(span, **more):
        return {"from": span[0], "to": span[1], **more}

    for span in (YEAR, PAST):
        for by in ("total", "month", "channel", "campaign", "country", "device"):
            show("revenue", **during(span, by=by, **({"limit": 25} if by == "campaign" else {})))
        show("products", **during(span))
        for by in ("total", "month"):
            show("spend", **during(span, by=by))
    for span in (MONTHS3, BEFORE3):
        for by in ("total", "week"):
            show("revenue", **during(span, by=by))
            show("spend", **during(span, by=by))
    show("revenue", **during(QUARTER, by="day"))
    show("touch", **during(YEAR))
    for by in ("channel", "platform", "campaign"):
        show("spend_parts", **during(YEAR, by=by))
    show("rfm")
    show("rfm_groups")
    show("cohorts")
    show("second_purchase", step=15, horizon=365)
    first = show("customers", group="all", sort="revenue", limit=25)
    cursor = answers[-1]["answer"]["next_cursor"]
    show("customers", group="all", sort="revenue", limit=25, cursor=cursor)
    show("customers", group="cannot_lose", sort="revenue", limit=25)
    show("search", q="am", limit=20)
    show("forecast")
    for goal in (4000000, 2500000):
        show("forecast", goal=goal)
    for weeks in (26, 52, 104):
        show("alerts", weeks=weeks)
    # Whose story is over the most platforms and devices?
    stories = [(p["person"], show("person", person=p["person"], limit=200)) for p in first[:12]]
    del answers[-12:]
    person = max(stories, key=lambda s: (len({(r["kind"], r["device"]) for r in s[1]}), len(s[1])))[0]
    show("person", person=person, limit=60)
    cursor = answers[-1]["answer"]["next_cursor"]
    if cursor:
        show("person", person=person, limit=60, cursor=cursor)
    links = show("person_links", person=person, limit=200)
    show("search", q=next(r["email"] for r in links if r["email"]), limit=50)
    sys.stdout.write("[\n" + ",\n".join(json.dumps(a, ensure_ascii=False, separators=(",", ":"))
                                         for a in answers) + "\n]\n")


main()
