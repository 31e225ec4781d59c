"""Reads a family: one text file of things that an agent may try, beside twins that must work.

    # Why this family exists.
    == setup                 run directly by the database's administrator before the stack starts, one statement a line
    == attacks               what must be refused, or masked
    == twins                 what looks much the same and must work

One attempt a line; a line that begins with two blanks continues the one before. An attempt may have several steps in one
session, separated by " ;; ". A step "admin: …" is run by the administrator. " << [1, \"x\"]" are the parameters of a prepared
statement, as JSON. Marks in brackets at the start of a line:

    [mysql] [mariadb]        only on this server
    [binary] [cursor]        as a prepared statement of the protocol; with a cursor
    [bytes]                  \\xNN, \\0 and \\\\ stand for bytes
    [command NN]             the protocol's command NN (hex), the text being its payload
    [clear]                  (attacks) passes, and there is nothing in it to hide
    [error]                  the server itself finds fault with it
    [unordered]              rows come in the order of an index over a masked column, which masks cannot hide (docs/masking.md)
    [racy]                   may end in several ways, one as good as the other
    [unparsed]               not known to the reader of SQL, and refused for that
"""
import dataclasses
import json
import pathlib
import re

MARK = re.compile(r"\[(mysql|mariadb|binary|cursor|bytes|clear|error|unparsed|unordered|racy|command [0-9a-f]{2})\]\s*")


@dataclasses.dataclass
class Step:
    sql: object  # str, or bytes of a [bytes] attempt
    by_admin: bool = False
    parameters: tuple = ()


@dataclasses.dataclass
class Attempt:
    text: str
    line: int
    marks: frozenset
    steps: list
    command: int = None

    def runs_on(self, vendor):
        wanted = self.marks & {"mysql", "mariadb"}
        return not wanted or vendor in wanted

    def __str__(self):
        return f"line {self.line}: {self.text}"


class Family:
    def __init__(self, path, vendor):
        self.name = pathlib.Path(path).stem
        self.parts = {"setup": [], "attacks": [], "twins": []}
        part = None
        for number, line in _logical_lines(pathlib.Path(path).read_text()):
            if line.startswith("== "):
                part = self.parts[line[3:].strip()]
                continue
            attempt = _attempt(line, number)
            if attempt.runs_on(vendor):
                part.append(attempt)

    @property
    def setup(self):
        return [step.sql for attempt in self.parts["setup"] for step in attempt.steps]

    @property
    def attacks(self):
        return self.parts["attacks"]

    @property
    def twins(self):
        return self.parts["twins"]


def families(folder, vendor):
    return [Family(path, vendor) for path in sorted(pathlib.Path(folder).glob("*.txt"))]


def _logical_lines(text):
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("  "):
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} {line.strip()}")
        else:
            lines.append((number, line.rstrip()))
    return lines


def _attempt(line, number):
    marks, command = set(), None
    while found := MARK.match(line):
        word = found.group(1)
        if word.startswith("command"):
            command = int(word.split()[1], 16)
        marks.add(word.split()[0])
        line = line[found.end():]
    steps = [_step(text, "bytes" in marks) for text in line.split(" ;; ")]
    return Attempt(line, number, frozenset(marks), steps, command)


def _step(text, as_bytes):
    by_admin = text.startswith("admin: ")
    if by_admin:
        text = text[len("admin: "):]
    text, arrow, parameters = text.partition(" << ")
    sql = text.encode().decode("unicode_escape").encode("latin1") if as_bytes else text
    return Step(sql, by_admin, tuple(json.loads(parameters)) if arrow else ())
