#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Simulated shops are recognised: recognise.py TIDEMARK. Prints TAP.

One seed of each stage; with TIDEMARK_TEST_LONG=1 five seeds, of which at least 18 of 20 shops must
be found at their stage. No shop may be found two stages off.
"""
import json
import os
import subprocess
import sys
import tempfile

tidemark = sys.argv[1]
seeds = range(1, 6) if os.environ.get("TIDEMARK_TEST_LONG") else range(1, 2)
count = right = far = 0
for stage in (1, 2, 3, 4):
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="tidemark-recognise-") as folder:
            shop = os.path.join(folder, "shop")
            subprocess.run([tidemark, "simulate", "--stage", str(stage), "--seed", str(seed), shop],
                           check=True, capture_output=True)
            done = subprocess.run([tidemark, "assess", shop, "--json"], capture_output=True, text=True)
        found = json.loads(done.stdout)["stage"] if done.returncode == 0 else {"best": 0}
        count += 1
        right += found["best"] == stage
        far += abs(found["best"] - stage) >= 2
        print(f"{'ok' if abs(found['best'] - stage) < 2 else 'not ok'} {count} - seed {seed}: stage "
              f"{stage} is found as {found['best']}")
needed = 18 if len(seeds) == 5 else 4
print(f"{'ok' if right >= needed and far == 0 else 'not ok'} {count + 1} - {right} of {count} shops "
      f"are found at their stage, {far} two stages off")
print(f"1..{count + 1}")
sys.exit(0 if right >= needed and far == 0 else 1)
