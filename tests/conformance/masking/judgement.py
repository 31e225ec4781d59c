"""What became of one attempt, from its answers in both worlds and what the database itself says to the same statements."""
import dataclasses
import re

from canaries import found_in_answer

_HASHED = re.compile(rb"[0-9a-f]{32}")


@dataclasses.dataclass
class Seen:
    """One step in one world: what the agent was answered and, if that was no error, what the database answers directly."""
    step: object
    answer: object
    direct: object = None


@dataclasses.dataclass
class Verdict:
    outcome: str  # refused, masked, clear or error
    faults: list
    rules: list
    last: str  # the last answer


def judge(seen_a, seen_b, marks):
    faults = []
    if "unordered" in marks:
        for seen in (*seen_a, *seen_b):
            _sort(seen)
    masked = any(b"[redacted]" in row for seen in seen_a for result in seen.answer.results for row in result.rows)
    for a, b in zip(seen_a, seen_b):
        for seen in (a, b):
            if found := found_in_answer(seen.answer):
                faults.append(f"LEAK: {found!r} in the answer to {seen.step.sql!r}")
            if seen.answer.broken:
                faults.append(f"the connection broke at {seen.step.sql!r}: {seen.answer.message}")
        if "racy" not in marks and _told(a.answer) != _told(b.answer):
            faults.append(f"ORACLE: {a.step.sql!r} tells the worlds apart: {_brief(a.answer)} / {_brief(b.answer)}")
        hidden, wrong = _compare(a, b)
        masked |= hidden
        faults += wrong
    return Verdict(_outcome(seen_a, masked), faults, [seen.answer.rule for seen in seen_a if seen.answer.rule], _brief(seen_a[-1].answer))


def _sort(seen):
    """By what is clear; rows that differ in what is masked alone come in any order."""
    for answer in filter(None, (seen.answer, seen.direct)):
        for result in answer.results:
            result.rows.sort(key=lambda row: [b"" if value is None else value for value in row if value is None or len(value) < 12])


def _outcome(seen, masked):
    if any(one.answer.rule for one in seen):
        return "refused"
    if masked:
        return "masked"
    return "error" if seen[-1].answer.failed else "clear"


def _told(answer):
    """What the mask `hash` shows differs, and is meant to."""
    results, *rest = answer.shown()
    plain = [dataclasses.replace(result, rows=[tuple(_unhashed(value) for value in row) for row in result.rows]) for result in results]
    return (plain, *rest)


def _unhashed(value):
    return b"(hash)" if value and _HASHED.fullmatch(value) else value


def _brief(answer):
    if answer.failed:
        return f"{answer.code} {answer.message[:160]}"
    return repr([(result.rows[:8], result.affected, result.warnings) for result in answer.results])[:200]


def _compare(a, b):
    """Whether something was hidden; and each column that ought to be clear and is not what the database holds."""
    if a.direct is None or b.direct is None or a.answer.failed:
        return False, []
    hidden, wrong = False, []
    for number, (shown, in_a, in_b) in enumerate(zip(a.answer.results, a.direct.results, b.direct.results)):
        if not shown.columns and not in_a.columns:
            continue
        if [column[0] for column in shown.columns] != [column[0] for column in in_a.columns]:
            wrong.append(f"WRONG: {a.step.sql!r}: columns {shown.columns}, the database has {in_a.columns}")
            continue
        if len(shown.rows) != len(in_a.rows):
            wrong.append(f"WRONG: {a.step.sql!r}: {len(shown.rows)} rows, the database has {len(in_a.rows)}")
            continue
        for place, column in enumerate(in_a.columns):
            values = [[row[place] for row in rows] for rows in (shown.rows, in_a.rows, in_b.rows)]
            secret = values[1] != values[2]
            hidden |= secret and values[0] != values[1]
            if not secret and values[0] != values[1]:
                wrong.append(f"WRONG: {a.step.sql!r}: clear column {column[0]!r} shows {values[0][:3]}, the database has {values[1][:3]}")
            if secret and values[0] == values[1]:
                wrong.append(f"LEAK: {a.step.sql!r}: column {column[0]!r} shows what the database has")
    return hidden, wrong
