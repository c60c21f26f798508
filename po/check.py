#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""TAP: every text of the source is translated, in every language, without a fault.

check.py SOURCE_ROOT. Fails on a text that is missing, empty, fuzzy or no longer used, on printf
directives that differ, and on a plural rule other than that of src/base/i18n.c.
"""
import ast
import os
import re
import subprocess
import sys
import tempfile

PLURALS = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
          "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
    "th": "nplurals=1; plural=0;",
}
DIRECTIVE = re.compile(r"%(?:(\d+)\$)?[-+ #0]*\d*(?:\.(\*(?:(\d+)\$)?|\d+))?"
                       r"(hh|h|ll|l|j|z|t)?([a-zA-Z%])")
count = failed = 0


def check(ok, what, faults=()):
    global count, failed
    count += 1
    failed += not ok
    print("ok" if ok else "not ok", count, "-", what)
    for fault in list(faults)[:40]:
        print("#", str(fault).replace("\n", "\\n"))


def read(path):
    """{(msgid, plural): (flags, [translations])}, and the obsolete texts."""
    text = subprocess.run(["msgcat", "--no-wrap", path], check=True, capture_output=True,
                          text=True).stdout
    messages, obsolete = {}, []
    for block in text.split("\n\n"):
        fields, flags, key = {}, set(), None
        for line in block.splitlines():
            if line.startswith("#~"):
                obsolete.append(line)
            elif line.startswith("#,"):
                flags.update(f.strip() for f in line[2:].split(","))
            elif line.startswith("msg"):
                key, value = line.split(" ", 1)
                fields[key] = ast.literal_eval(value)
            elif line.startswith('"') and key:
                fields[key] += ast.literal_eval(line)
        if "msgid" in fields:
            forms = [v for k, v in sorted(fields.items()) if k.startswith("msgstr")]
            messages[fields["msgid"], fields.get("msgid_plural")] = (flags, forms)
    return messages, obsolete


def directives(text):
    """The arguments by place: {1: "s", 2: "d"}."""
    places, place = {}, 0
    text = re.sub(r"%((?:\d+\$)?)<PRI([a-z])(?:64|32)>", r"%\1j\2", text)
    for position, precision, star, length, kind in DIRECTIVE.findall(text):
        if kind == "%":
            continue
        if precision.startswith("*"):
            place += 1
            places[int(star) if star else place] = "*"
        place += 1
        places[int(position) if position else place] = (length or "") + kind
    return places


def words(text):
    """Whether there is anything to translate beside arguments."""
    return re.search(r"[A-Za-z]", DIRECTIVE.sub("", re.sub(r"%[\d$]*<PRI\w+>", "", text)))


def unisolated(text):
    """What a line from right to left would tear apart: options, and names between quotes."""
    if not re.search("[\u0600-\u06ff]", text):
        return None
    spans = re.split("[\u2068\u2069]", text)
    loose = " ".join(spans[0::2])
    loose = re.sub(r"tidemark[^\u0600-\u06ff\n]*", "", loose)  # a whole command stands well
    return re.search(r"(?<![\w-])--[a-z]", loose) or re.search(r'"%(\d+\$)?(\.[\d*$]+)?s"', loose)


def language(root, code, wanted):
    path = os.path.join(root, "po", code + ".po")
    messages, obsolete = read(path)
    header = messages.pop(("", None), (set(), [""]))[1][0]
    plural = re.search(r"Plural-Forms: (.*)", header)
    forms = int(re.search(r"nplurals=(\d)", PLURALS[code]).group(1))
    check(plural and plural.group(1) == PLURALS[code], f"{code}: plural rule")
    missing = [m[0] for m in wanted if words(m[0]) and not all(messages.get(m, (0, [""]))[1])]
    check(not missing, f"{code}: all {len(wanted)} texts are translated", missing)
    check(not obsolete and set(messages) <= set(wanted), f"{code}: no text too many",
          obsolete + [m[0] for m in set(messages) - set(wanted)])
    check(not any("fuzzy" in f for f, _ in messages.values()), f"{code}: nothing is fuzzy")
    wrong = []
    for (one, many), (flags, translations) in messages.items():
        if len(translations) != (forms if many else 1):
            wrong.append(one)
        for t in translations:
            formatted = "c-format" in flags or "%s" in one
            if formatted and t and directives(t) != directives(many or one):
                wrong.append(f"{one} -> {t}")
            if not t:
                continue
            if code == "ar" and unisolated(t):
                wrong.append(f"not isolated (U+2068 ... U+2069): {t}")
            if code == "ar" and t.startswith("tidemark: "):
                wrong.append(f"begins at the left (U+200F before it): {t}")
            if t.startswith("\n") != one.startswith("\n") or t.endswith("\n") != one.endswith("\n"):
                wrong.append(f"line ends: {one}")
            if t != t.strip(" ") and one == one.strip(" "):
                wrong.append(f"spaces: {one}")
    check(not wrong, f"{code}: directives, forms and line ends agree", wrong)
    done = subprocess.run(["msgfmt", "--check-format", "-o", os.devnull, path],
                          capture_output=True, text=True)
    check(done.returncode == 0, f"{code}: msgfmt accepts it", done.stderr.splitlines())


def main():
    root = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        template = os.path.join(folder, "now.pot")
        subprocess.run([os.path.join(root, "po", "update.sh"), "--template", template], check=True)
        wanted, _ = read(template)
    wanted.pop(("", None))
    kept, _ = read(os.path.join(root, "po", "tidemark.pot"))
    kept.pop(("", None))
    changed = set(wanted) ^ set(kept)
    check(not changed, "tidemark.pot is up to date (po/update.sh)", changed)
    check(not [1 for (f, _) in wanted.values() if "fuzzy" in f] and len(wanted) > 100,
          "the texts of the source are found")
    for code in PLURALS:
        language(root, code, wanted)
    print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())
