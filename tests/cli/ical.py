#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What "tidemark roadmap --ics" writes, held to RFC 5545: ical.py TIDEMARK. Prints TAP.

The reader here is stricter than calendars are: it takes nothing that the standard does not allow.
What it reads must be the plan that --json tells of, whatever is in the owner's name.
"""
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TIDEMARK = os.path.abspath(sys.argv[1])
NAME = r"""Sam; of "A, B" \ Sons \n: สมชาย سمير 🙂"""
MARKS = re.compile("[\u200e\u200f\u061c\u2066-\u2069]")
count = failed = 0


def check(ok: bool, what: str, detail: str = "") -> None:
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {what}", flush=True)
    for line in [] if ok else detail.splitlines()[:20]:
        print(f"#   {line}")


class Bad(Exception):
    pass


def lines_of(raw: bytes) -> list[str]:
    """3.1: lines end with CRLF, are 75 octets at most, and are folded before a space or tab."""
    if not raw.endswith(b"\r\n"):
        raise Bad("the end of the last line is missing")
    lines: list[str] = []
    for number, octets in enumerate(raw[:-2].split(b"\r\n"), 1):
        if len(octets) > 75:
            raise Bad(f"line {number}: {len(octets)} octets")
        if re.search(rb"[\x00-\x08\x0a-\x1f\x7f]", octets):
            raise Bad(f"line {number}: a control character")
        try:
            text = octets.decode("utf-8")
        except UnicodeDecodeError:
            raise Bad(f"line {number}: folded within a character") from None
        if text[:1] not in (" ", "\t"):
            lines.append(text)
        elif not lines:
            raise Bad("the first line goes on from nothing")
        else:
            lines[-1] += text[1:]
    return lines


def text_of(value: str) -> str:
    """3.3.11: backslash, semicolon, comma and line end are escaped, and nothing else is."""
    if not re.fullmatch(r"(?:[^\\;,]|\\[\\;,nN])*", value):
        raise Bad(f"not a text: {value}")
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], value)


def day_of(value: str) -> datetime.date:
    if not re.fullmatch(r"\d{8}", value):
        raise Bad(f"not a date: {value}")
    try:
        return datetime.date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        raise Bad(f"no such day: {value}") from None


def moment_of(value: str) -> str:
    if not re.fullmatch(r"\d{8}T([01]\d|2[0-3])[0-5]\d[0-5]\dZ", value):
        raise Bad(f"not a moment in UTC: {value}")
    day_of(value[:8])
    return value


def one_of(*words: str):
    def take(value: str) -> str:
        if value not in words:
            raise Bad(f"{value} is none of {words}")
        return value
    return take


# Name with parameters -> how its value is read. 3.6: what is not optional. 3.6.1, 3.7, 3.8.
CALENDAR = {"VERSION": one_of("2.0"), "PRODID": text_of, "CALSCALE": one_of("GREGORIAN"),
            "METHOD": one_of("PUBLISH"), "X-WR-CALNAME": text_of}
EVENT = {"UID": text_of, "DTSTAMP": moment_of, "DTSTART;VALUE=DATE": day_of,
         "DTEND;VALUE=DATE": day_of, "TRANSP": one_of("OPAQUE", "TRANSPARENT"),
         "SUMMARY": text_of, "DESCRIPTION": text_of}
ALWAYS = {id(CALENDAR): {"VERSION", "PRODID"}, id(EVENT): {"UID", "DTSTAMP", "DTSTART;VALUE=DATE"}}


def close(kind: dict, seen: dict) -> None:
    missing = ALWAYS[id(kind)] - seen.keys()
    if missing:
        raise Bad(f"missing: {sorted(missing)}")
    if kind is EVENT and seen.get("DTEND;VALUE=DATE", datetime.date.max) <= \
            seen["DTSTART;VALUE=DATE"]:
        raise Bad("an event ends before it begins")


def read(raw: bytes) -> tuple[dict, list[dict]]:
    """The calendar's properties and its events', or Bad."""
    open_parts: list[str] = []
    calendar: dict = {}
    events: list[dict] = []
    for line in lines_of(raw):
        head = re.match(r'[A-Z0-9-]+(?:;[A-Z0-9-]+=[^";:,]+)*(?=:)', line)
        if not head:
            raise Bad(f"not a content line: {line}")
        name, value = head[0], line[head.end() + 1:]
        if name == "BEGIN":
            one_of("VEVENT" if open_parts else "VCALENDAR")(value)
            if len(open_parts) == 2 or (not open_parts and calendar):
                raise Bad(f"{value} begins where it cannot")
            open_parts.append(value)
            if value == "VEVENT":
                events.append({})
            continue
        if not open_parts:
            raise Bad(f"outside of the calendar: {line}")
        kind, seen = (EVENT, events[-1]) if len(open_parts) == 2 else (CALENDAR, calendar)
        if name == "END":
            one_of(open_parts.pop())(value)
            close(kind, seen)
        elif name not in kind or name in seen or (kind is CALENDAR and events):
            raise Bad(f"may not stand here: {line}")
        else:
            seen[name] = kind[name](value)
    if open_parts or not events:
        raise Bad("the calendar has no end or no event")
    if len({e["UID"] for e in events}) < len(events):
        raise Bad("two events have one UID")
    return calendar, events


def run(*words: str) -> bytes:
    env = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="en")
    env.pop("TIDEMARK_WORKSPACE", None)
    return subprocess.run([TIDEMARK, "roadmap", "--answers", "answers.yaml", "--as-of",
                           "2026-09-30", *words], capture_output=True, env=env, check=True,
                          timeout=120).stdout


def refuses(good: bytes) -> None:
    """A reader that takes everything proves nothing."""
    for what, old, new in (
            ("a bare line feed", b"\r\n", b"\n"), ("a line that is too long", b"\r\n ", b""),
            ("a comma that is not escaped", b"\\,", b","), ("an unknown escape", b"\\n", b"\\t"),
            ("a day that is none", b"VALUE=DATE:20261001", b"VALUE=DATE:20261301"),
            ("an event without a stamp", b"DTSTAMP", b"X-STAMP"),
            ("an event that ends first", b"DTEND;VALUE=DATE:2026", b"DTEND;VALUE=DATE:2025"),
            ("two events of one name", b"-check@", b"-step@"),
            ("an event that does not end", b"END:VEVENT\r\n", b""),
            ("a character cut in two", "ส".encode(), "ส".encode()[:2] + b"\r\n \xaa")):
        try:
            assert old in good, what
            read(good.replace(old, new))
            check(False, f"the reader refuses {what}")
        except Bad:
            check(True, f"the reader refuses {what}")


def compare(language: str, raw: bytes, told: dict) -> None:
    try:
        _, events = read(raw)
    except Bad as bad:
        return check(False, f"{language}: allowed by RFC 5545", str(bad))
    check(True, f"{language}: allowed by RFC 5545")
    by_uid = {e["UID"].split("@")[0]: e for e in events}
    check(len(events) == 2 * len(told["steps"]) > 20, f"{language}: a step and its check each",
          f"{len(events)} events, {len(told['steps'])} steps")
    wrong = []
    for step in told["steps"]:
        uid = f"{step['practice']}-{step['to']}"
        work, proof = by_uid.get(uid + "-step"), by_uid.get(uid + "-check")
        if not work or not proof:
            wrong.append(f"{uid} is missing")
            continue
        past = (work["DTEND;VALUE=DATE"] - datetime.timedelta(1)).isoformat()
        if (work["DTSTART;VALUE=DATE"].isoformat(), past) != (step["start"], step["end"]):
            wrong.append(f"{uid}: {work}, not {step['start']} to {step['end']}")
        if proof["DTSTART;VALUE=DATE"].isoformat() != step["check"]["day"]:
            wrong.append(f"{uid}: {proof}, not {step['check']['day']}")
        said = MARKS.sub("", work["DESCRIPTION"])
        if MARKS.sub("", step["reason"]) not in said or \
                (step["role"] == "owner") != said.startswith(NAME):
            wrong.append(f"{uid}: {said}")
    check(not wrong, f"{language}: the days, reasons and owners of --json", "\n".join(wrong))
    check(any(s["role"] == "owner" for s in told["steps"]), f"{language}: the owner has a step")


with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    pathlib.Path("answers.yaml").write_text("answers:\n  ORG-1: {answer: 2, date: 2026-09-01}\n",
                                            encoding="utf-8")
    quoted = NAME.replace("'", "''")
    pathlib.Path("plan.yaml").write_text(f"quarters: 2\nroles:\n  owner: {{name: '{quoted}'}}\n",
                                         encoding="utf-8")
    common = ("--plan", "plan.yaml", "--lang")
    for code in ("en", "ar", "th"):
        compare(code, run(*common, code, "--ics"), json.loads(run(*common, code, "--json")))
    compare("th, Buddhist years on the pages",
            run(*common, "th", "--calendar", "buddhist", "--ics"),
            json.loads(run(*common, "th", "--calendar", "buddhist", "--json")))
    refuses(run(*common, "th", "--ics"))
print(f"1..{count}")
sys.exit(1 if failed else 0)
