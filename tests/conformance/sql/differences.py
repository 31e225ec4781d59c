"""The list of known differences: differences/<vendor>.txt. A line `# ...` gives the reason of the lines below it; each of them
is a kind of difference and the hash of a statement with its sql_mode, and, where the statement is ours, the statement."""
import hashlib
import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent / "differences"


def hash_of(sql, mode):
    return hashlib.sha256(f"{mode}\n{sql}".encode("utf8", "surrogateescape")).hexdigest()[:12]


def known(vendor):
    """{(kind, hash): reason}"""
    found, reason = {}, None
    for line in (FOLDER / f"{vendor}.txt").read_text(encoding="utf8").splitlines():
        if line.startswith("# "):
            reason = line[2:]
        elif line.strip():
            kind, key = line.split()[:2]
            if reason is None:
                raise ValueError(f"{vendor}.txt: {line}: no reason above it")
            found[kind, key] = reason
    return found


def main():
    """Lines for every difference of a --dump of run.py, to be put under their reasons. Statements of others stay hashes."""
    with open(sys.argv[1], encoding="utf8") as lines:
        for kind, sql, mode, source, _ in map(json.loads, lines):
            ours = "" if source == "extracted" else "  " + json.dumps(sql[:100])
            print(f"{kind} {hash_of(sql, mode)}{ours}")


if __name__ == "__main__":
    main()
