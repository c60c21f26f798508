#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The JSON report against docs/assessment.schema.json: schema_test.py SHOW SCHEMA."""
import json
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("ok 1 # SKIP python3-jsonschema is not installed\n1..1")
    sys.exit(0)


def report(language, kind):
    out = subprocess.run([sys.argv[1], "json", language, kind], check=True, capture_output=True)
    return json.loads(out.stdout)


def main():
    with open(sys.argv[2], encoding="utf-8") as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    count = failed = 0
    for language in ("en", "ar", "th"):
        for kind in ("0", "1", "2", "r1", "r2", "r3", "r4"):
            count += 1
            faults = list(validator.iter_errors(report(language, kind)))
            failed += bool(faults)
            print("not ok" if faults else "ok", count, f"- {language} {kind} follows the schema")
            for fault in faults:
                print("#", "/".join(map(str, fault.absolute_path)), fault.message[:200])
    broken = report("en", "0")
    broken["practices"][0]["state"] = "GUESSED"
    del broken["stage"]["confirmed"]
    count += 1
    caught = len(list(validator.iter_errors(broken))) == 2
    failed += not caught
    print("ok" if caught else "not ok", count, "- a wrong state and a missing key are found")
    print(f"1..{count}")
    return 1 if failed else 0


sys.exit(main())
