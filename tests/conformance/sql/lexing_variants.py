#!/usr/bin/env python3
"""Runs random SELECTs of constants beside their canonical text: both must give the same rows or the same error."""
import random
import sys

import servers

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


def main():
    parser = servers.arguments(__doc__)
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    server = servers.Server(args)
    rng = random.Random(args.seed)
    ran = different = 0
    for mode in MODES:
        server.run(f"SET sql_mode='{mode}'")
        statements = list({variant(rng): None for _ in range(args.count)})
        for sql, answer in zip(statements, servers.read(args, server.version, statements, mode)):
            plain = answer["ok"] and answer["kind"] == "select" and answer["group"] == "read" and not answer["objects"]
            if not plain:
                continue
            ran += 1
            left, right = server.run(sql), server.run(answer["text"])
            if left != right:
                different += 1
                print(f"sql_mode '{mode}':", repr(sql), left, repr(answer["text"]), right)
    print(f"{args.vendor} {server.version}: {ran} variants run, {different} differ from their canonical text")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
