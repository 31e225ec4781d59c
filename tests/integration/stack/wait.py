"""Waiting for something to be so, with a deadline and an explanation."""
import time


def until(what, check, seconds=20.0, interval=0.05):
    """Calls check until it returns something true, and returns that. `what` names the condition in the failure."""
    deadline = time.monotonic() + seconds
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not so after {seconds} s: {what}; last: {result!r}")
        time.sleep(interval)
