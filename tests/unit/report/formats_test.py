#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The same numbers in every format, and the workbook's formulas computed anew:
formats_test.py SHOW."""
import csv
import io
import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile

NS = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
count = failed = 0


def check(condition, what):
    global count, failed
    count += 1
    failed += not condition
    print("ok" if condition else "not ok", count, "-", what)


def near(a, b, tolerance=1e-9):
    if a is None or b is None or a == "" or b == "":
        return a in (None, "") and b in (None, "")
    return abs(float(a) - float(b)) <= tolerance


def show(form, language, kind):
    return subprocess.run([sys.argv[1], form, language, kind], check=True,
                          capture_output=True).stdout


class Workbook:
    """Cells of a workbook by sheet number and name: (value, formula)."""

    def __init__(self, content):
        with zipfile.ZipFile(io.BytesIO(content)) as z:
            strings = ["".join(t.text or "" for t in si.iter(f"{{{NS['x']}}}t"))
                       for si in ET.fromstring(z.read("xl/sharedStrings.xml"))]
            book = ET.fromstring(z.read("xl/workbook.xml"))
            self.names = [s.get("name") for s in book.find("x:sheets", NS)]
            self.sheets = {}
            for i, name in enumerate(self.names):
                root = ET.fromstring(z.read(f"xl/worksheets/sheet{i + 1}.xml"))
                self.sheets[name] = {c.get("r"): self.cell(c, strings)
                                     for c in root.iter(f"{{{NS['x']}}}c")}

    @staticmethod
    def cell(c, strings):
        value, formula = c.find("x:v", NS), c.find("x:f", NS)
        text = value.text if value is not None else ""
        if c.get("t") == "s":
            return strings[int(text)], None
        if c.get("t") == "str":
            return text or "", formula.text
        return float(text), formula.text if formula is not None else None


class Num(float):
    """Dividing by nothing gives nothing: the branch that is not taken."""

    def __truediv__(self, other):
        return Num(float(self) / float(other)) if float(other) else Num("nan")


class Vec(list):
    def zip(self, other, f):
        others = other if isinstance(other, Vec) else [other] * len(self)
        return Vec(f(a, b) for a, b in zip(self, others))

    def __mul__(self, other):
        return self.zip(other, lambda a, b: (a or 0) * (b or 0))

    def __eq__(self, other):
        return self.zip(other, lambda a, b: float(a == b))

    def __neg__(self):
        return Vec(-a for a in self)


class Evaluator:
    """The few functions that the formulas use, computed from the cells below them."""

    def __init__(self, book):
        self.book = book

    def value(self, sheet, cell):
        value, formula = self.book.sheets[sheet].get(cell, ("", None))
        return self.run(sheet, formula) if formula else value

    def run(self, sheet, formula):
        def ref(match):
            name = match.group(1) or sheet
            first, last = match.group(2).replace("$", ""), match.group(3)
            if not last:
                return f"CELL({name!r},{first!r})"
            return f"RANGE({name!r},{first!r},{last.replace('$', '')!r})"

        text = re.sub(r"(?:'([^']+)'!)?(\$?[A-Z]+\$?[0-9]+)(?::(\$?[A-Z]+\$?[0-9]+))?", ref, formula)
        text = re.sub(r"(RANGE\([^)]*\)|CELL\([^)]*\))=", r"\1==", text)
        result = eval(text, {  # noqa: S307: formulas of our own making
            "CELL": self.value, "RANGE": self.range, "SUMPRODUCT": self.sumproduct,
            "ISNUMBER": lambda v: Vec(float(isinstance(a, float)) for a in v),
            "MIN": lambda v: Num(min(a for a in v if isinstance(a, float))),
            "IF": lambda c, a, b: a if c else b, "ROUND": round})
        return result

    def range(self, sheet, first, last):
        column, low, high = first.rstrip("0123456789"), *(int(re.sub("[A-Z]", "", c))
                                                         for c in (first, last))
        return Vec(self.value(sheet, f"{column}{row}") for row in range(low, high + 1))

    @staticmethod
    def sumproduct(*vectors):
        total = 0.0
        for values in zip(*vectors):
            numbers = [v if isinstance(v, float) else 0.0 for v in values]
            total += math.prod(numbers)
        return Num(total)


def labelled(book, sheet):
    """Of a sheet of pairs: column B by the label in column A."""
    cells = book.sheets[book.names[sheet]]
    return {cells[k][0]: "B" + k[1:] for k in cells if k[0] == "A" and "B" + k[1:] in cells}


def formulas(language, kind):
    data = json.loads(show("json", language, kind))
    book = Workbook(show("xlsx", language, kind))
    boxed = [(s, c, v) for s in book.names for c, (v, f) in book.sheets[s].items()
             if re.search("[\u2066-\u2069]", str(v))]
    check(not boxed, f"{language} {kind}: no cell has what spreadsheets draw as a box {boxed[:3]}")
    run = Evaluator(book)
    summary, practices, dimensions = book.names[:3]
    live = [(s, c) for s in book.names for c, (v, f) in book.sheets[s].items() if f]
    wrong = [c for s, c in live if not near(run.value(s, c), book.sheets[s][c][0], 1e-6)]
    check(len(live) == 4 + 4 * len(data["dimensions"]) and not wrong,
          f"{language} {kind}: {len(live)} formulas give the values beside them {wrong}")
    rows = [c for c, (v, f) in sorted(book.sheets[summary].items(), key=lambda i: int(i[0][1:]))
            if f]
    values = [run.value(summary, c) for c in rows]
    want = [data["index"]["value"], data["index"]["low"], data["index"]["high"], data["coverage"]]
    check(all(near(a, b, 1e-6) for a, b in zip(values, want)),
          f"{language} {kind}: the index by formula is the index")
    for i, d in enumerate(data["dimensions"]):
        got = [run.value(dimensions, f"{c}{i + 2}") for c in "DEFG"]
        if not all(near(a, b, 1e-6) for a, b in
                   zip(got, (d["value"], d["low"], d["high"], d["coverage"]))):
            check(False, f"{d['id']}: {got}")
    known = next(r for r in range(2, 99)
                 if book.sheets[practices][f"F{r}"][0] == 1
                 and book.sheets[practices][f"G{r}"][0] < 3)
    book.sheets[practices][f"G{known}"] = (4.0, None)
    check(float(run.value(summary, rows[0])) > float(values[0]),
          f"{language} {kind}: a level that is raised raises the index")
    for r in range(8, len(data["practices"]) + 2):
        book.sheets[practices][f"F{r}"] = (0.0, None)
    check(run.value(summary, rows[0]) == "" and float(run.value(summary, rows[3])) < .6,
          f"{language} {kind}: with too little known there is no index")


def same_practices(kind, data, book, table):
    sheet = book.sheets[book.names[1]]
    for i, p in enumerate(data["practices"]):
        row, cells = table[i], {c: sheet.get(f"{c}{i + 2}", ("",))[0] for c in "ABCDHI"}
        known = p["levels"]["best"] or ""
        same = (row["practice"] == cells["A"] == p["id"] and
                near(row["weight"], cells["D"]) and near(row["weight"], p["weight"]) and
                near(row["level"], known) and near(cells["H"], known) and
                near(row["level_confirmed"], p["levels"]["confirmed"] if known else "") and
                near(cells["I"], p["levels"]["confirmed"] if known else "") and
                row["state"] == p["state"])
        if p["indicators"]:
            same = same and near(row["value"], p["indicators"][0]["value"], 1e-12)
        if not same:
            check(False, f"{kind}: {p['id']} differs {row} {cells}")
    check(len(table) == len(data["practices"]), f"{kind}: every practice in JSON, XLSX and CSV")


def percent(p):
    return "0%" if p == 0 else "<1%" if p < .01 else ">99%" if .99 < p < 1 else f"{p:.0%}"


def chances(p):
    """Of a probability that was drawn: in a table, in a sentence. Draws prove neither 0 nor 1."""
    return (("<1%", "below 1%") if p < .01 else (">99%", "above 99%") if p > .99
            else (f"{p:.0%}",))


def plain(text):
    return re.sub(r"\s+", " ", re.sub("[\u2066-\u2069\u200e\u200f]", "", text))


def page_texts(language, kind):
    """What people read, as plain text: terminal, HTML, PDF."""
    html = show("html", language, kind).decode()
    html = re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.S)
    texts = {"text": plain(show("text", language, kind).decode()),
             "html": plain(html.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))}
    if shutil.which("pdftotext"):
        with tempfile.NamedTemporaryFile(suffix=".pdf") as f:
            f.write(show("pdf", language, kind))
            f.flush()
            out = subprocess.run(["pdftotext", "-raw", f.name, "-"], check=True,
                                 capture_output=True).stdout.decode()
        texts["pdf"] = plain(out)
        check(out.count("\f") == 2, f"{language} {kind}: the PDF has two pages")
    return texts


def amount(minor):
    """To two figures, as people read it."""
    unit = 10 ** (math.floor(math.log10(abs(minor))) - 1)
    return f"{round(minor / unit) * unit / 100:,.0f}"


def same_pages(kind, data):
    best = data["stage"]["best"]
    at_least = min(1, sum(data["stage"]["probabilities"][best - 1:]))
    for name, text in page_texts("en", kind).items():
        check(data["stage"]["title"] in text and f"Stage {best}" in text, f"{kind} {name}: stage")
        if not (best == data["stage"]["confirmed"] and name != "pdf"):
            check(any(c in text for c in chances(at_least)),
                  f"{kind} {name}: probability {chances(at_least)}")
        check(not re.search(r"probability (of|is) (0|100)%", text) and
              not re.search(r"could be (\d+) to \1\b", text), f"{kind} {name}: nothing is certain")
        check(percent(data["coverage"]) in text, f"{kind} {name}: known")
        low = f"{data['index']['low']:.0f} to {data['index']['high']:.0f}"
        if data["index"]["value"] is not None:
            check(f"{data['index']['value']:.0f}" in text and low in text, f"{kind} {name}: index")
        for d in data["dimensions"]:
            if d["value"] is not None and not f"{d['value']:.1f}".rstrip("0").rstrip(".") in text:
                check(False, f"{kind} {name}: {d['id']} at {d['value']}")
        for gap in data["gaps"][:5]:
            money = gap.get("money")
            title = next(p["title"] for p in data["practices"] if p["id"] == gap["practice"])
            check(title in text, f"{kind} {name}: gap {title}")
            if money:
                check(amount(money["median"]) in text, f"{kind} {name}: {amount(money['median'])}")


def same_peers(data, book, table):
    """Where the shop stands among others, and what stands in where that is not told."""
    rows = {p["practice"]: p for p in data["peers"]["measures"]}
    name = next(n for n in book.names if n == "Among other shops")
    cells = book.sheets[name]
    texts = page_texts("en", "0")
    for i, (practice, p) in enumerate(rows.items()):
        line = next(r for r in table if r["practice"] == practice)
        got = [cells.get(f"{c}{i + 2}", ("",))[0] for c in "CDEFHIJ"]
        want = [p["value"], p["better_than_low"], p["better_than_high"], p["median"],
                *p["anchors"]]
        check(all(near(a, b) for a, b in zip(got, want)), f"XLSX: {practice} among others {got}")
        check(all(near(line[k], p[k], 1e-6) for k in ("better_than_low", "better_than_high")) and
              near(line["peers"], p["shops"] or ""), f"CSV: {practice} among others")
        if p["shops"]:
            place = f"{p['better_than_low']:.0%} to {p['better_than_high']:.0%}"
            check(place in texts["html"], f"HTML: {practice} better than {place}")
    told = sum(bool(p["shops"]) for p in rows.values())
    for name, text in texts.items():
        check(f"{told} figure is compared with other shops" in text, f"{name}: among others")
    check("PEERS" not in texts["html"] and "(V1: primary source seen)" in texts["html"],
          "HTML: where the marks come from")


def arabic_digits():
    """Where Arabic-Indic digits are wished, sentences and counters have no others."""
    html = subprocess.run([sys.argv[1], "html", "ar", "r2", "80", "plain", "digits"], check=True,
                          capture_output=True).stdout.decode()
    body = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<bdi.*?</bdi>|<dl class=\"hashes\">.*?</dl>",
                  " ", html, flags=re.S)
    body = re.sub("\u2068[^\u2069]*\u2069|[\u2066-\u2069]", " ", body)
    words = [w for w in re.sub(r"<[^>]+>", " ", body).split()
             if re.fullmatch(r"[^A-Za-z]*[0-9][^A-Za-z]*", w) and not re.fullmatch(r"\d+\.\d+\.\d+", w)]
    check(not words and "٣٦٥" in body, f"ar: Arabic-Indic digits everywhere {words[:9]}")
    check('<body class="arab">' in html, "ar: counters too")
    plain_html = show("html", "ar", "r2").decode()
    check("365" in plain_html and '<body class="arab">' not in plain_html, "ar: unless wished")


def repeatable():
    for form in ("pdf", "xlsx", "csv"):
        check(show(form, "ar", "r2") == show(form, "ar", "r2"), f"{form}: the same bytes twice")
    table = show("csv", "en", "0")
    check(table.startswith(b"\xef\xbb\xbf") and b"\r\n" in table, "CSV: mark and line ends")
    book = Workbook(show("xlsx", "en", "0"))
    cells = [v for s in book.sheets.values() for v in s.values()]
    check(any(v[0] == "Pebble <& Pine>" and v[1] is None for v in cells), "XLSX: text stays text")


def main():
    for kind in ("0", "r1", "r2", "r3"):
        data = json.loads(show("json", "en", kind))
        table = list(csv.DictReader(io.StringIO(show("csv", "en", kind).decode("utf-8-sig"))))
        same_practices(kind, data, Workbook(show("xlsx", "en", kind)), table)
        same_pages(kind, data)
    formulas("en", "r2")
    formulas("ar", "r3")
    formulas("th", "r1")
    data = json.loads(show("json", "en", "0"))
    same_peers(data, Workbook(show("xlsx", "en", "0")),
               list(csv.DictReader(io.StringIO(show("csv", "en", "0").decode("utf-8-sig")))))
    arabic_digits()
    repeatable()
    for language in ("ar", "th"):
        page_texts(language, "0")
    print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())
