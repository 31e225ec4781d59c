"""The statements: those of Debian's mariadb-test-data, those of tests/golden/sql, generated ones and the bypasses."""
import json
import os
import pathlib
import random
import subprocess
import tempfile

import bypasses
import extract_statements
import generate

ROOT = pathlib.Path(__file__).resolve().parents[3]
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "postern" / "mariadb-test-data"
QUICK = {"extracted": 6000, "generated": 2500}
FULL = {"extracted": None, "generated": 30000}


def fetch():
    """The unpacked package, fetched by apt once and kept in a cache. Nothing is installed."""
    if (CACHE / "usr").is_dir():
        return CACHE
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE.parent) as folder:
        subprocess.run(["apt-get", "-qq", "-o", "APT::Sandbox::User=", "download", "mariadb-test-data"], check=True, cwd=folder)
        (archive,) = pathlib.Path(folder).glob("*.deb")
        subprocess.run(["dpkg", "-x", str(archive), folder + "/unpacked"], check=True)
        os.rename(folder + "/unpacked", CACHE)
    return CACHE


def extracted(count, seed):
    cached = CACHE.with_suffix(".jsonl")
    if not cached.exists():
        statements = extract_statements.all_in(fetch())
        part = cached.with_suffix(".part")
        part.write_text("".join(json.dumps(sql) + "\n" for sql in statements), encoding="utf8")
        part.rename(cached)
    with open(cached, encoding="utf8") as lines:
        statements = [json.loads(line) for line in lines]
    return statements if count is None else random.Random(seed).sample(statements, min(count, len(statements)))


def golden():
    """Every statement of tests/golden/sql, whatever its dialect there."""
    for path in sorted((ROOT / "tests/golden/sql").rglob("*.golden")):
        block = []
        for line in path.read_text(encoding="utf8").splitlines() + [""]:
            if line.startswith(">"):
                block.append(line[2:])
            elif block:
                yield "\n".join(block)
                block = []


def settings(variables):
    """Every variable of the server set for the session, to several values: some have an effect beyond it."""
    for name, value in variables:
        values = ["DEFAULT", "ON"]
        values += [str(int(value) + 1)] if value.lstrip("-").isdigit() else ["'" + value.replace("\\", "\\\\").replace("'", "''") + "'"]
        for one in values:
            yield f"SET SESSION {name} = {one}"
        yield f"SET @@{name} = {values[-1]}"


def load(vendor, full, seed, variables=()):
    """{(statement, sql_mode): where it comes from}. variables: of the server, as SHOW VARIABLES tells them."""
    sizes = FULL if full else QUICK
    found = {}

    def add(statements, source, sql_mode=""):
        for sql in statements:
            found.setdefault((sql, sql_mode), source)

    for mode in bypasses.MODES:
        add(bypasses.statements(vendor, mode), "bypass", mode)
    add(golden(), "golden")
    add(settings(variables), "variables")
    add(generate.Generator(vendor, seed).statements(sizes["generated"]), "generated")
    add(extracted(sizes["extracted"], seed), "extracted")
    return found


if __name__ == "__main__":
    extracted(None, 0)  # fetched and taken apart once, before several run at the same time
