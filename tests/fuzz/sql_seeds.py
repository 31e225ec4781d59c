#!/usr/bin/env python3
"""Writes the statements of tests/golden/sql into FOLDER, one file each, for fuzz targets of SQL to start from.

usage: sql_seeds.py TARGET FOLDER

The first bytes of an input choose the dialect: two for fuzz_lexer, fuzz_parser and fuzz_print, one for fuzz_lineage.
"""
import pathlib
import sys

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden" / "sql"
HEADERS = {"fuzz_lineage": 1, "fuzz_lexer": 2, "fuzz_parser": 2, "fuzz_print": 2}


def statements(path):
    """(vendor, text) of each block of a golden file."""
    vendor, lines = "", []
    for line in path.read_text(encoding="utf-8", errors="surrogateescape").splitlines() + [""]:
        if line.startswith("> "):
            lines.append(line[2:])
            continue
        if lines:
            yield vendor, "\n".join(lines)
            lines = []
        if line.startswith(("mysql ", "mariadb ")):
            vendor = line.split()[0]


def main(target, folder):
    header = HEADERS.get(target)
    if header is None:
        return
    number = 0
    for path in sorted(GOLDEN.rglob("*.golden")):
        for vendor, text in statements(path):
            dialect = bytes([1 if vendor == "mariadb" else 0, 0])[:header]
            data = dialect + text.encode("utf-8", "surrogateescape")
            pathlib.Path(folder, f"golden-{number:05}").write_bytes(data)
            number += 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
