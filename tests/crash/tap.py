# SPDX-License-Identifier: AGPL-3.0-or-later
"""TAP for the tests of this folder."""
import sys

count = failed = 0


def check(ok: bool, what: str) -> None:
    global count, failed
    count += 1
    failed += not ok
    print("ok" if ok else "not ok", count, "-", what, flush=True)


def end() -> None:
    print(f"1..{count}")
    sys.exit(1 if failed else 0)
