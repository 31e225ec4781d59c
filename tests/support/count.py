#!/usr/bin/python3
"""Adds up JUnit reports: count.py FILE... prints the tests that were skipped and why, one to a line, then "PASSED FAILED".

A report that is missing or empty counts as one failure."""
import sys
import xml.etree.ElementTree as xml


def reason(case):
    """Why a test was skipped; None for one that was not. CTest says it in the case's own attributes."""
    skipped = case.find("skipped")
    if skipped is None:
        return None
    return " ".join((skipped.get("message") or skipped.text or case.get("status") or "no reason given").split())


def count(path, skips):
    try:
        cases = list(xml.parse(path).iter("testcase"))
    except (OSError, xml.ParseError):
        return 0, 1
    skips += [(case.get("name"), reason(case)) for case in cases if reason(case) is not None]
    skipped = sum(1 for case in cases if reason(case) is not None)
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    return len(cases) - failed - skipped, failed if cases else 1


skips = []
totals = [count(path, skips) for path in sys.argv[1:]]
for name, why in skips:
    print(f"skipped: {name}: {why}")
print(sum(passed for passed, _ in totals), sum(failed for _, failed in totals))
