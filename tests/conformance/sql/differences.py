"""The list of known differences: differences/<vendor>.txt. A line `# ...` gives the reason of the lines below it; each of them
is a kind of difference and the hash of a statement with its sql_mode, and, where the statement is ours, the statement."""
import hashlib
import pathlib

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
