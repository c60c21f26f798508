#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a command may not or cannot work: bad_place.py TIDEMARK. Prints TAP.

Files and folders without permission (as another user, since root may read everything), a full
disk, an engine without its library. Each time: what failed, where, what to do; and what was there
before is still there.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

TIDEMARK = os.path.abspath(sys.argv[1])
NODE = pathlib.Path(TIDEMARK).parents[2] / "node" / "tidemark-node"
NOBODY = 65534
ORDERS = "order_id,ordered_at,total,currency\n"
count = failed = 0


def check(ok: bool, what: str, detail: str = "") -> None:
    global count, failed
    count += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {count} - {what}", flush=True)
    for line in [] if ok else detail.splitlines()[:20]:
        print(f"#   {line}")


def skip(what: str, why: str) -> None:
    global count
    count += 1
    print(f"ok {count} - {what} # SKIP {why}")


def drop_rights() -> None:
    """Runs in the child: from here on nobody in particular."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def run(*words, rights: bool = True, **env) -> tuple[int, str, str]:
    set_env = dict(os.environ, LC_ALL="C.UTF-8", LANGUAGE="en", TERM="dumb", **env)
    set_env.pop("TIDEMARK_WORKSPACE", None)
    done = subprocess.run([TIDEMARK, *map(str, words)], capture_output=True, text=True, env=set_env,
                          timeout=120, preexec_fn=None if rights or os.getuid() else drop_rights)
    return done.returncode, done.stdout, done.stderr


def fails(what: str, done: tuple[int, str, str], codes: tuple[int, ...], *patterns: str) -> None:
    seen = f"exit {done[0]}\n{done[1]}\n{done[2]}"
    missing = [p for p in patterns if not re.search(p, done[1] + done[2])]
    check(done[0] in codes and not missing, what, f"missing: {missing}\n{seen}")


def orders_in(workspace: pathlib.Path, rights: bool = True) -> int:
    code, out, _ = run("assess", "--json", "-w", workspace, rights=rights)
    return json.loads(out)["facts"]["orders"] if code == 0 else -1


def write_orders(path: pathlib.Path, first: int, n: int) -> pathlib.Path:
    path.write_text(ORDERS + "".join(f"{i},2026-01-02,1.00,EUR\n" for i in range(first, first + n)))
    return path


def own(folder: pathlib.Path) -> None:
    """Everything below belongs to the user without rights."""
    if os.getuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)


def check_permissions(top: pathlib.Path) -> None:
    try:
        reached = run("--version", rights=False)[0] == 0
    except (PermissionError, subprocess.SubprocessError):
        reached = False
    if not reached:
        skip("files without permission", "another user cannot start the program here")
        return
    shop, files = top / "shop", top / "files"
    (files / "closed").mkdir(parents=True)
    write_orders(files / "a.csv", 1, 3)
    write_orders(files / "b.csv", 10, 3)
    write_orders(files / "closed" / "c.csv", 20, 3)
    write_orders(files / "d.csv", 30, 3)
    own(top)
    run("init", shop, "--currency", "EUR", rights=False)
    (files / "b.csv").chmod(0)
    (files / "closed").chmod(0)
    done = run("import", "-w", shop, files, rights=False)
    fails("a file that may not be read", done, (77,), "b.csv\" cannot be opened: permission was refused",
          "Allow the user")
    check("closed\" cannot be opened" in done[1], "a folder that may not be read", done[1])
    check(orders_in(shop, rights=False) == 6, "the other files are stored", done[1])
    fails("assess goes on without it", run("assess", files, rights=False), (77,),
          "not used: .*b.csv", "hint: Allow the user", "Stage")
    for path in [shop, *shop.rglob("*")]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    fails("a workspace that may only be read", run("import", "-w", shop, files / "d.csv", rights=False),
          (74, 77), str(shop), "permission was refused|read-?only", "hint: ")
    for path in [shop, *shop.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    check(orders_in(shop, rights=False) == 6, "it is as it was before")
    (top / "closed").mkdir(mode=0o500)
    own(top / "closed")
    fails("no workspace where nothing may be written",
          run("init", top / "closed" / "shop", rights=False), (77,), "closed/shop.*permission was refused")
    fails("a temporary folder in which nothing may be written",
          run("assess", files / "d.csv", rights=False, TMPDIR=str(top / "closed")), (77,),
          "temporary folder.*permission was refused")


def node_script(top: pathlib.Path, name: str, words: str) -> str:
    path = top / name
    path.write_text(f'#!/bin/sh\nexec "{NODE}" "$@" {words}\n')
    path.chmod(0o755)
    return str(path)


def check_engine(top: pathlib.Path) -> None:
    shop, file = top / "engine", write_orders(top / "e.csv", 1, 3)
    cut = top / "cut.so"
    run("init", shop)
    cut.write_bytes(b"\x7fELF" + b"\0" * 400)
    fails("there is no engine", run("import", "-w", shop, file, TIDEMARK_NODE=str(top / "nothing")),
          (66, 69), "TIDEMARK_NODE names .*nothing", "hint: ")
    if not NODE.exists():
        skip("the engine's library", f"there is no {NODE}")
        return
    for what, library in (("no library", top / "none.so"), ("a broken library", cut)):
        node = node_script(top, f"node-{library.stem}", f'--lib "{library}"')
        fails(f"the engine has {what}", run("import", "-w", shop, file, TIDEMARK_NODE=node), (69,),
              "the engine did not start|engine.*library", library.name, "hint: .*make deps")
    check(run("import", "-w", shop, file)[0] == 0, "the workspace is whole when the engine is back")


def check_full_disk(top: pathlib.Path) -> None:
    disk = top / "disk"
    disk.mkdir()
    mounted = os.getuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(disk)], capture_output=True).returncode == 0
    if not mounted:
        skip("a full disk", "no small disk can be mounted here")
        return
    try:
        run("init", disk / "shop", "--currency", "EUR")
        run("import", "-w", disk / "shop", write_orders(top / "few.csv", 1, 5))
        free = shutil.disk_usage(disk).free
        (disk / "filling").write_bytes(b"x" * max(0, free - (2 << 20)))
        done = run("import", "-w", disk / "shop", write_orders(top / "many.csv", 100, 300_000))
        fails("a disk that fills up", done, (69, 70, 71, 73, 74), "space|full|engine")
        (disk / "filling").unlink()
        check(orders_in(disk / "shop") == 5, "what was there before is still there", done[1] + done[2])
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="tidemark-place-") as folder:
        top = pathlib.Path(folder)
        top.chmod(0o755)
        (top / "open").mkdir()
        check_permissions(top / "open")
        check_engine(top)
        check_full_disk(top)
    print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())
