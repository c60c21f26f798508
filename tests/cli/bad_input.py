#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every format in every broken form: bad_input.py TIDEMARK EXAMPLES. Prints TAP.

Each form breaks one file of each format; they are imported together with a whole file of each.
A broken file must be refused by name, with the line where there is one and with what to do, the
exit code must not be 0, and the workspace must in the end be the one that the whole files make.
"""
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True  # nothing is left beside the sources
from bad_formats import FORMATS, Format  # noqa: E402

TIDEMARK, EXAMPLES = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
ROWS = 12  # of a good file
MILLION = ' "column of a wide table":1' * 1_000_000
count = failed = 0


def check(ok: bool, what: str, detail: str = "") -> bool:
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {what.replace('#', '.')}", flush=True)
    if not ok:
        for line in detail.splitlines()[:30]:
            print(f"#   {line}")
    return ok


def skip(what: str, why: str) -> None:
    global count
    count += 1
    print(f"ok {count} - {what} # SKIP {why}")


def text_of(f: Format, rows: list[str]) -> bytes:
    return ("\n".join(f.head() + rows) + "\n").encode()


def large_text(f: Format, prefix: str) -> bytes:
    return text_of(f, f.rows(400, prefix))


def halved(packed: bytes) -> bytes:
    return packed[: len(packed) // 2]


# What a form makes of a format: the bytes, and the line that the message must name (0: none).
# `p` goes into the keys of the rows, so that nothing of two files is the same.


def cut_row(f: Format, p: str) -> tuple[bytes, int]:
    rows = f.rows(ROWS, p)
    rows[-1] = rows[-1][: len(rows[-1]) // 2]
    return text_of(f, rows)[:-1], len(f.head()) + ROWS


def cut_first_row(f: Format, p: str) -> tuple[bytes, int]:
    row = f.rows(1, p)[0]
    return text_of(f, [row[: len(row) // 2]])[:-1], len(f.head()) + 1


def cut_header(f: Format, p: str) -> tuple[bytes, int]:
    if f.is_json:
        return f.rows(1, p)[0][:12].encode(), 1
    return "\n".join(f.head())[: -len(f.header) // 2].encode(), 0


def cut_quote(f: Format, p: str) -> tuple[bytes, int]:
    rows = f.rows(ROWS, p)
    if f.is_json:
        rows[-1] = rows[-1][: rows[-1].rindex('"') - 2]
    else:
        rows[-1] = '"' + rows[-1][:9]
    return text_of(f, rows)[:-1], len(f.head()) + ROWS


def cut_gzip(f: Format, p: str) -> tuple[bytes, int]:
    return halved(gzip.compress(large_text(f, p))), 0


def cut_zstd(f: Format, p: str) -> tuple[bytes, int]:
    done = subprocess.run(["zstd", "-q", "-c"], input=large_text(f, p), capture_output=True, check=True)
    return halved(done.stdout), 0


def no_utf8(f: Format, p: str) -> tuple[bytes, int]:
    """Says by its first characters that it is UTF-8, and is not to its end."""
    rows = f.rows(ROWS, p)
    latin = rows[7].encode().replace(b"a", b"\xe9")
    whole = text_of(f, rows).split(b"\n")
    whole[len(f.head()) + 7] = latin if latin != rows[7].encode() else latin + b"\xe9"
    return b"\xef\xbb\xbf" + b"\n".join(whole), len(f.head()) + 8


def odd_utf16(f: Format, p: str) -> tuple[bytes, int]:
    text = text_of(f, f.rows(ROWS, p))[:-1].decode()
    return b"\xff\xfe" + text.encode("utf-16-le")[:-1], len(f.head()) + ROWS


def nul(f: Format, p: str) -> tuple[bytes, int]:
    rows = f.rows(ROWS, p)
    rows[4] = rows[4][:6] + "\0" + rows[4][6:]
    return text_of(f, rows), len(f.head()) + 5


def large_field(f: Format, p: str) -> tuple[bytes, int]:
    rows = f.rows(3, p)
    rows[1] = (rows[1].replace('"WEB"', f'"{"x" * (20 << 20)}"') if f.is_json else
               "x" * (10 << 20) + rows[1])
    return text_of(f, rows), len(f.head()) + 2


def missing_column(f: Format, p: str) -> tuple[bytes, int]:
    whole = text_of(f, f.rows(ROWS, p)).decode()
    return whole.replace(f.lacks, "unknown").encode(), 0


def wide_header(f: Format, p: str) -> tuple[bytes, int]:
    d = f.delimiter
    if f.is_json:
        row = f.rows(1, p)[0]
        return f"{row}\n{row[:-1]}{MILLION.replace(' ', ',')}}}\n".encode(), 2
    return ("\n".join(f.head()) + MILLION.replace(" ", f.delimiter) + "\n").encode(), len(f.head())


def header_only(f: Format, p: str) -> tuple[bytes, int]:
    return text_of(f, []) if not f.is_json else b"\n\n", 0


def empty(f: Format, p: str) -> tuple[bytes, int]:
    return b"", 0


def blank(f: Format, p: str) -> tuple[bytes, int]:
    return b" \n" * (FORMATS.index(f) + 1), 0


# Form, its maker, the suffix of its files, and what each message must hold.
FORMS = [
    ("cut_row", cut_row, ".csv", "ends in the middle|the JSON ends too early"),
    ("cut_first_row", cut_first_row, ".csv", "ends in the middle|the JSON ends too early"),
    ("cut_header", cut_header, ".csv", "not recognised|has no row of data|the JSON ends too early"),
    ("cut_quote", cut_quote, ".csv", "never closed|the JSON ends too early"),
    ("cut_gzip", cut_gzip, ".csv.gz", "ends in the middle of its gzip data"),
    ("cut_zstd", cut_zstd, ".csv.zst", "ends too early"),
    ("no_utf8", no_utf8, ".csv", "not UTF-8"),
    ("odd_utf16", odd_utf16, ".csv", "ends within a character"),
    ("nul", nul, ".csv", "NUL byte"),
    ("large_field", large_field, ".csv", "exceeds the limit"),
    ("missing_column", missing_column, ".csv", "not recognised"),
    ("wide_header", wide_header, ".csv", "exceeds the limit"),
    ("header_only", header_only, ".csv", "has no row of data|is empty"),
    ("blank", blank, ".csv", "is empty"),
    ("empty", empty, ".csv", "is empty"),
    ("folder", None, ".csv", "is a folder, not a file"),
]


def tidemark(*words: str | pathlib.Path, **how) -> subprocess.CompletedProcess:
    env = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="en", TERM="dumb")
    env.pop("TIDEMARK_WORKSPACE", None)
    return subprocess.run([TIDEMARK, *map(str, words)], capture_output=True, text=True,
                          errors="replace", timeout=240, env=dict(env, **how.pop("env", {})), **how)


def place(folder: pathlib.Path, f: Format, name: str, data: bytes | None) -> pathlib.Path:
    """Files that need a mapping get a folder with it."""
    if f.mapping:
        folder = folder / f.name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(EXAMPLES / f.mapping, folder)
    path = folder / name
    if data is None:
        path.mkdir()
    else:
        path.write_bytes(data)
    return path


def complain(file: dict, name: str, pattern: str, line: int) -> str:
    """What is wrong with the way in which a broken file was refused; "" when nothing is."""
    problem = file.get("problem") or {"message": "", "hint": ""}
    message, wrong = problem["message"], []
    if file.get("outcome") not in ("refused", "unrecognised"):
        wrong.append("it was not refused")
    if message.count(name) != 1:
        wrong.append("the message does not name the file once")
    if not re.search(pattern, message):
        wrong.append(f"the message does not say: {pattern}")
    if line and not re.search(rf"\bline {line}\b", message):
        wrong.append(f"the message does not name line {line}")
    if not problem["hint"]:
        wrong.append("there is no word on what to do")
    if any(file.get("records", {}).values()):
        wrong.append("records are counted")
    return "\n".join(wrong + [json.dumps(file)] if wrong else [])


def whole_of(number: int) -> list[Format]:
    """The formats of which a whole file is beside the broken ones: all in the first form, then one."""
    return FORMATS[number % len(FORMATS):][:1] if number else FORMATS


def check_form(workspace: pathlib.Path, folder: pathlib.Path, form: tuple, number: int) -> None:
    word, make, suffix, pattern = form
    lines = {}
    if make is cut_zstd and not shutil.which("zstd"):
        skip(word, "there is no zstd")
        return
    for f in FORMATS:
        name = f"{word}-{f.name}{suffix}"
        data, lines[name] = make(f, f"{number}0") if make else (None, 0)
        place(folder, f, name, data)
    for f in whole_of(number):
        place(folder, f, f"whole-{number}-{f.name}.csv", text_of(f, f.rows(ROWS, f"{number}1")))
    done = tidemark("import", "--json", "-w", workspace, folder)
    shutil.rmtree(folder)
    folder.mkdir()
    try:
        files = {file["name"]: file for file in json.loads(done.stdout)["files"]}
    except ValueError:
        check(False, f"{word}: the import ends with a report", done.stdout[:500] + done.stderr)
        return
    check(done.returncode == 65, f"{word}: exit code 65", f"{done.returncode}\n{done.stderr}")
    for f in FORMATS:
        name = f"{word}-{f.name}{suffix}"
        wrong = complain(files.get(name, {}), name, pattern, lines[name])
        check(not wrong, f"{word}: {f.name} is refused", wrong)
    harmed = [f.name for f in whole_of(number)
              if files.get(f"whole-{number}-{f.name}.csv", {}).get("outcome") != "stored"]
    check(not harmed, f"{word}: the whole files are stored",
          "\n".join(json.dumps(files.get(f"whole-{number}-{name}.csv")) for name in harmed))


MAPPING = "name: ours\nrecords:\n  - kind: order\n    fields:\n"
FIELDS = "".join(f"      - {{field: {field}, column: {column}}}\n" for field, column in
                 (("order_key", "no"), ("ordered_at", "day"), ("total", "sum")))
MAPPINGS = [  # form, content, what the message must say
    ("cut", (MAPPING + FIELDS)[:-12].encode(), "well-formed"),
    ("unknown_field", (MAPPING + FIELDS.replace("column: day", "colum: day")).encode(), r"yaml:6:.*colum"),
    ("nothing_in_it", MAPPING.encode(), r"yaml:4:.*fields"),
    ("no_utf8", (MAPPING + "# caf").encode() + b"\xe9\n" + FIELDS.encode(), "yaml:5:|UTF-8"),
    ("nul", MAPPING.encode() + b"\0" + FIELDS.encode(), "yaml:[45]:"),
    ("large_field", (MAPPING + FIELDS.replace("day", "d" * (10 << 20))).encode(), "large|longer|limit"),
    ("empty", b"", "is empty"),
    ("folder", None, "it is a folder"),
    ("absent", None, "it does not exist"),
]


def check_mappings(workspace: pathlib.Path, folder: pathlib.Path) -> None:
    """A mapping that cannot be read is told of before a file is read by guesswork."""
    orders = folder / "ours.csv"
    orders.write_text("no,day,sum\nU1,2026-02-01,1.00\n")
    for form, data, pattern in MAPPINGS:
        path = folder / f"{form}.mapping.yaml"
        if data is not None:
            path.write_bytes(data)
        elif form == "folder":
            path.mkdir()
        done = tidemark("import", "-w", workspace, "--mapping", path, orders)
        check(done.returncode in (65, 66, 74) and done.stderr.count(path.name) == 1
              and bool(re.search(pattern, done.stderr)) and "hint: " in done.stderr,
              f"mapping, {form}: is refused", f"{done.returncode}\n{done.stderr[:500]}")
        check("stored" not in done.stdout, f"mapping, {form}: nothing is stored", done.stdout)
    shutil.rmtree(folder)
    folder.mkdir()


def check_equal(workspace: pathlib.Path, folder: pathlib.Path) -> None:
    """The workspace is the one that the whole files alone make."""
    for number in range(len(FORMS)):
        for f in whole_of(number):
            place(folder, f, f"whole-{number}-{f.name}.csv", text_of(f, f.rows(ROWS, f"{number}1")))
    clean = workspace.with_name("clean")
    tidemark("init", clean, "--currency", "EUR")
    done = tidemark("import", "-w", clean, folder)
    check(done.returncode == 0, "whole files alone: exit code 0", done.stdout + done.stderr)
    marks = [tidemark("assess", "--json", "-w", w) for w in (workspace, clean)]
    seen = [json.loads(mark.stdout or "{}") for mark in marks]
    for one in seen:
        one.get("facts", {}).pop("shop", None)
        one.get("inputs", []).sort(key=lambda file: file["name"])
    different = [key for key in seen[1] if seen[0].get(key) != seen[1][key]]
    check(bool(seen[1]) and not different, "nothing of a broken file is in the workspace",
          "\n".join(f"{key}: {seen[0].get(key)} {seen[1][key]}"[:800] for key in different)
          or "".join(mark.stderr for mark in marks))


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="tidemark-bad-") as top:
        workspace, folder = pathlib.Path(top, "shop"), pathlib.Path(top, "exports")
        folder.mkdir()
        tidemark("init", workspace, "--currency", "EUR")
        for number, form in enumerate(FORMS):
            check_form(workspace, folder, form, number)
        check_mappings(workspace, folder)
        check_equal(workspace, folder)
    print(f"1..{count}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
