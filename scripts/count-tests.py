#!/usr/bin/env python3
"""Counts the tests of a Swift Testing event stream (JSON lines, version 0).

Usage: count-tests.py EVENTS      prints "PASSED FAILED SKIPPED", then one line per failed test

A test that began and never ended counts as failed: the test process died in it. So does a stream
without its last event, even when no test was running. Only functions count, not suites.
"""

import json
import sys


def read(path):
    """The records of the stream; a process that died may have left half a line at its end."""
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue


def main(path):
    functions, began, ended, skipped, failed = set(), set(), set(), set(), {}
    is_complete = False
    for record in read(path):
        payload = record.get("payload", {})
        if record.get("kind") == "test":
            if payload.get("kind") == "function":
                functions.add(payload["id"])
            continue
        event, test = payload.get("kind"), payload.get("testID")
        if event == "testStarted":
            began.add(test)
        elif event == "testEnded":
            ended.add(test)
        elif event == "testSkipped":
            skipped.add(test)
        elif event == "issueRecorded" and not payload.get("issue", {}).get("isKnown"):
            text = "; ".join(m["text"] for m in payload.get("messages", [])[:2])
            failed.setdefault(test or "outside any test", text)
        elif event == "runEnded":
            is_complete = True
    for test in (began & functions) - ended:
        failed[test] = "was running when the test process died"
    if not is_complete and not failed:
        failed["the test run"] = "the test process died between two tests"
    # A suite's own failure counts once, beside its tests.
    passed = (ended & functions) - failed.keys() - skipped
    if is_complete and not passed and not failed:
        failed["the test run"] = "it ran no test"
    print(len(passed), len(failed), len(skipped & functions))
    for test in sorted(failed):
        print(f"{test}: {failed[test]}")


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
