# SPDX-License-Identifier: AGPL-3.0-or-later
"""What of a person or a source is left in a workspace, and the commands that take it out."""
import os
import pathlib
import signal
import sqlite3
import subprocess
import time

from client import check, tidemark


def run(*words: str, wanted: int = 0) -> str:
    done = subprocess.run([tidemark, *words], capture_output=True, text=True, check=False)
    check(done.returncode == wanted, " ".join(words[:2]) + f" ends with {wanted}",
          done.stdout + done.stderr)
    return done.stdout


def content(path: pathlib.Path) -> bytes:
    """Nothing of a file that goes while it is looked at: the engine merges its parts."""
    try:
        return path.read_bytes().lower() if path.is_file() else b""
    except FileNotFoundError:
        return b""


def hits(shop: str, canaries: list) -> list:
    """In any of the workspace's files; the engine's are packed and are looked at by the proof.
    Folders, too, may go meanwhile."""
    found = []
    for folder, _, names in os.walk(shop):
        for name in names:
            held = content(pathlib.Path(folder, name))
            found += [(folder + "/" + name, word) for word in canaries if word in held]
    return found


def step_of(shop: str) -> int:
    with sqlite3.connect(f"file:{shop}/store.db?mode=ro", uri=True) as db:
        found = db.execute("SELECT max(step) FROM erasure").fetchone()
    return -1 if found[0] is None else found[0]


def killed_at_steps(shop: str, *words: str) -> int:
    """Killed as soon as each step is the next one; each start goes on. How often."""
    killed = 0
    for step in range(6):
        process = subprocess.Popen([tidemark, *words, "--yes", "--workspace", shop],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and step_of(shop) < step:
            time.sleep(0.002)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        words = ("people", "erasures")
    return killed


def killed_in_the_middle(shop: str, *words: str) -> bool:
    """Killed once its second step is the next one."""
    process = subprocess.Popen([tidemark, *words, "--workspace", shop],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and step_of(shop) < 2:
        time.sleep(0.002)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL
