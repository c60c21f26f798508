#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Puts what a line from right to left would tear apart between U+2068 and U+2069.

isolate.py ar.po: options, and names between quotes, in the translations that have Arabic letters;
and U+200F before a line that begins with the program's name. What is isolated stays as it is.
"""
import re
import sys

OPEN, CLOSE, MARK = "\u2068", "\u2069", "\u200f"
ARABIC = re.compile("[\u0600-\u06ff]")
TOKEN = re.compile(r"(?<![-\w])--(?:[a-z][a-z-]*|%s)(?:[ =](?:[A-Z]{2,}\b|dmy|mdy|point|comma|now|%s))?"
                   r'(?!\w)|(?<=\\")%(?:\d+\$)?(?:\.(?:\*(?:\d+\$)?|\d+))?s(?=\\")')
COMMAND = re.compile("tidemark [^\u0600-\u06ff]*$")  # a whole command stands well as it is


def isolate(text):
    if not ARABIC.search(text):
        return text
    out, at, depth = "", 0, 0
    while at < len(text):
        depth += (text[at] == OPEN) - (text[at] == CLOSE)
        token = None if depth else TOKEN.match(text, at)
        if token:
            inside = token.group().startswith("--") and COMMAND.search(text[:at])
            out += token.group() if inside else OPEN + token.group() + CLOSE
            at = token.end()
        else:
            out += text[at]
            at += 1
    return MARK + out if out.startswith("tidemark: ") else out


def main():
    lines, translation = [], False
    with open(sys.argv[1], encoding="utf-8") as file:
        for line in file:
            translation = line.startswith("msgstr") or (translation and line.startswith('"'))
            if translation:
                head, text = line.rstrip("\n").split('"', 1)
                line = f'{head}"{isolate(text)}\n'
            lines.append(line)
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.writelines(lines)


main()
