#!/usr/bin/python3
"""Adds up JUnit reports: count.py FILE... prints "PASSED FAILED". A report that is missing or empty counts as one failure."""
import sys
import xml.etree.ElementTree as xml


def count(path):
    try:
        cases = list(xml.parse(path).iter("testcase"))
    except (OSError, xml.ParseError):
        return 0, 1
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    return len(cases) - failed - skipped, failed if cases else 1


totals = [count(path) for path in sys.argv[1:]]
print(sum(passed for passed, _ in totals), sum(failed for _, failed in totals))
