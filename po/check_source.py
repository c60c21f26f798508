#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""TAP: no text that people read stands in the source without a way into the catalogues.

check_source.py SOURCE_ROOT. Fails on

* a call of err_set() and the like whose format po/update.sh cannot find: neither a literal nor
  made of texts marked by N_(), _() or P_();
* English words that go as an argument into such a call without a mark;
* English words that a command or a report prints without a mark.
"""
import pathlib
import re
import sys

# Where the format stands among the arguments; 0 is the first. The same list is in update.sh.
LOOKING_UP = {"err_set": 2, "err_set_at": 4, "err_errno": 1, "err_errno_at": 4, "err_hint": 1,
              "err_context": 1, "import_reject": 2, "import_note": 1, "import_total": 1,
              "yaml_fail": 2, "fail_at": 2, "mapping_fail": 2}
# Printing: which arguments are texts. From the end when negative.
PRINTING = {"printf": 0, "fprintf": 1, "puts": 0, "fputs": 0, "page_printf": 1, "sheet_put": 2,
            "sheet_wrap": 2, "sheet_heading": 1, "sheet_cell": 2, "html_text": 1,
            "html_element": 3, "html_section": 2, "html_pair": 1, "html_head_cell": 1}
LITERAL = r'"(?:[^"\\\n]|\\.)*"'
# The program's own name, escapes and directives are no words.
NO_WORDS = re.compile(r"%[-+ #0-9.*$]*(?:hh|h|ll|l|j|z|t)?[a-zA-Z%]|\\[a-z]|\\033\[[0-9]*[A-Za-z]"
                      r"|[Tt]idemark|<[^>]*>|&[a-z]+;")
count = failed = 0


def check(faults, what):
    global count, failed
    count += 1
    failed += bool(faults)
    print("not ok" if faults else "ok", count, "-", what)
    for fault in faults[:60]:
        print("#", fault)


def blank_comments(text):
    """Comments as spaces, so that lines keep their numbers."""
    pattern = re.compile(LITERAL + r"|'(?:[^'\\\n]|\\.)+'|/\*.*?\*/|//[^\n]*", re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()) if m.group()[0] == "/"
                       else m.group(), text)


def arguments(text, at):
    """The arguments of a call whose opening bracket ends before `at`."""
    depth, start, parts = 1, at, []
    token = re.compile(LITERAL + r"|'(?:[^'\\\n]|\\.)+'|[(\[{)\]},]", re.S)
    for m in token.finditer(text, at):
        c = m.group()
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if depth == 0:
                return parts + [text[start:m.start()].strip()]
        elif c == "," and depth == 1:
            parts.append(text[start:m.start()].strip())
            start = m.end()
    return parts


def unmarked(expression):
    """The literals of an expression that stand outside of N_(), _() and P_()."""
    out, at = [], 0
    for m in re.finditer(r"\b(?:N_|_|P_)\(", expression):
        if m.start() < at:
            continue
        out += re.findall(LITERAL, expression[at:m.start()])
        inner = arguments(expression, m.end())
        at = m.end() + sum(len(p) for p in inner)
        at = expression.find(")", at) + 1 or len(expression)
    return out + re.findall(LITERAL, expression[at:])


def english(literal):
    return re.search(r"[A-Za-z]{3}", NO_WORDS.sub(" ", literal[1:-1]))


def calls(text, names):
    for m in re.finditer(r"(?<![\w.>])(" + "|".join(names) + r")\(", text):
        yield m.group(1), text.count("\n", 0, m.start()) + 1, arguments(text, m.end())


def main():
    root = pathlib.Path(sys.argv[1])
    formats, words, printed, found = [], [], [], 0
    plain = re.compile(rf"(?:{LITERAL}|PRI[diux](?:64|32)|\s|#\w+)+")
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in (".c", ".h", ".cc"):
            continue
        text = blank_comments(path.read_text(encoding="utf-8"))
        text = re.sub(r"\\\n", " \n", text)
        where = str(path.relative_to(root))
        for name, line, parts in calls(text, LOOKING_UP):
            at = LOOKING_UP[name]
            if len(parts) <= at:
                continue
            if re.search(r"\.\.\.|__VA_ARGS__|const char \*", " ".join(parts)):  # declared
                continue
            found += 1
            shown = f"{where}:{line}: {name}: {' '.join(parts[at].split())}"
            if parts[at] != "fmt" and not plain.fullmatch(parts[at]) and (
                    unmarked(parts[at]) or not re.search(r"\b(?:N_|_|P_)\(|^name$", parts[at])):
                formats.append(shown)
            for part in parts[at + 1:]:
                words += [f"{where}:{line}: {name}: {x}" for x in unmarked(part)
                          if re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", x)
                          or re.search(r"^\"[ ,;]+[a-z]{2,}", x)]
        if not where.startswith(("src/cmd/", "src/report/")):
            continue
        for name, line, parts in calls(text, PRINTING):
            if len(parts) <= PRINTING[name]:
                continue
            printed += [f"{where}:{line}: {name}: {x}" for x in unmarked(parts[PRINTING[name]])
                        if english(x)]
    check(formats, f"the formats of {found} errors and reasons can be found")
    check(words, "words that go into them are marked")
    check(printed, "what is printed is marked")
    check([] if found > 350 else ["too few calls were found"], "the source was read")
    print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())
