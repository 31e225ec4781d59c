"""Random heaps of comment marks, quotes and digits: whatever we read as a SELECT of constants must give the same rows, or the same
error, as its canonical text. These are run."""
import random

import schema
from scratch import LOST, Session

QUICK, FULL = 5000, 50000  # for each sql_mode
PIECES = [
    "/*", "*/", "/*!", "/*!40101 ", "/*!50701 ", "/*!99999 ", "/*!100100 ", "/*!100500", "/*M!", "/*M!100100 ",
    "/*+ x */", "--", "-- ", "--\n", "#", "\n", " ", "'", "''", "\\", "\\'", '"', "`", "1", "2", "'a'", '"c"', "`d`", ",",
    "+", "-", "*", "/", "(", ")", ";", "SELECT ", "1 AS a", "0x41", "x'41'", "N'x'", "_utf8mb4", "@", "@a", ".", "1.5",
    "1e3", ".5", "a", "\\N", "|", "||", "&&", "!", "=", "<>", "<=>", "<", "?", "$$", "NULL", "count(*)", "count",
    "abs(-1)", "\t", "\x0b", "/**/", "1--1", "!!1", "=!", "IS NULL", " OR ", " AND ", " NOT ", "\u00e9", "\0",
    "CASE WHEN 1 THEN 2 END", "DATE'2020-01-01'", "{d '2020-01-01'}",
]
FRAMES = [
    "SELECT 1,{}", "SELECT {}", "SELECT 1 {}", "SELECT/*!{}*/", "SELECT 1 /*!{}*/,2", "SELECT /*!99999 {} */ 3",
    "SELECT 1{}\n,2", "SELECT '{}'", "/*!{}*/SELECT 1", "SELECT 1 -- {}\n+1", "SELECT 1 /* {} */ +1",
    "SELECT /*! 1 {} */ + 5", "SELECT 'x{}', 'y'", 'SELECT "{}"', "SELECT ({})", "SELECT 1 FROM DUAL WHERE {}",
]
MODES = ["", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES", "IGNORE_SPACE,PIPES_AS_CONCAT"]


def variant(rng):
    body = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 7)))
    return rng.choice(FRAMES).replace("{}", body, 1)


def run(session, sql, mode):
    error, _, rows = session.run(sql)
    if error in LOST:
        session.connect()
        session.run(f"SET sql_mode = '{mode}'")
    return error, repr(rows)


def check(server, read, count, seed):
    """(how many were run, [(statement, sql_mode, what differs)]). read(statements) asks posternctl about (statement, sql_mode)."""
    session = Session(server, schema=schema.SCHEMA)
    rng = random.Random(seed)
    ran, different = 0, []
    for mode in MODES:
        session.run(f"SET sql_mode = '{mode}'")
        statements = [(sql, mode) for sql in {variant(rng): None for _ in range(count)}]
        for (sql, _), answer in zip(statements, read(statements)):
            if not (answer["ok"] and answer["kind"] == "select" and answer["group"] == "read" and not answer["objects"]):
                continue
            ran += 1
            left, right = run(session, sql, mode), run(session, answer["text"], mode)
            if left != right:
                different.append((sql, mode, f"{left}, but its canonical text {answer['text']!r}: {right}"))
    return ran, different
