# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks that print TAP."""
import sys


class Tap:
    def __init__(self) -> None:
        self.count = self.failed = 0

    def check(self, ok: bool, what: str, more: str = "") -> None:
        self.count += 1
        self.failed += not ok
        print(f"{'ok' if ok else 'not ok'} {self.count} - {what}")
        if more and not ok:
            print("#   " + more.replace("\n", "\n#   "))
        sys.stdout.flush()

    def skip(self, what: str, why: str) -> None:
        self.count += 1
        print(f"ok {self.count} - {what} # SKIP {why}")

    def done(self) -> None:
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)
