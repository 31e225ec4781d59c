"""Which tables a statement touched, as the server's metadata locks tell: a statement run inside a transaction keeps the locks of
every table it opened until the end. What it wrote is rolled back. Reliable for queries, row statements and their EXPLAINs;
elsewhere the object that an error text names must be one of ours."""
import re

import schema
from scratch import LOST, Session

KINDS = {"select", "table", "values", "insert", "replace", "update", "delete", "explain", "do", "describe", "set", "show", "use", "help",
         "get_diagnostics", "deallocate_prepare"}
OTHERS = {"mysql", "sys", "information_schema", "performance_schema", ""}
DICTIONARY = {"user", "db", "plugin", "component", "func", "servers", "proc", "event"}
READING = "SELECT @@session.sql_mode, @@character_set_client LIMIT 1"  # what the next statement is read by
READING_SET = {"sql_mode", "names", "character set", "character_set_client"}
BENEATH = {"conformance.v1": {"conformance.t6"}}  # what lies under a view or a routine of schema.py is not in the text
WRITES = {"insert", "update", "delete", "lock"}
NAMED = [re.compile(pattern) for pattern in (
    r"command denied to user .* for table (?:'(?P<name>.+)'|(?P<quoted>`.+`))$",
    r"command denied to user .* for routine '(?P<name>.+)'$",
    r"^Access denied for user .* to database '(?P<schema>.+)'$",
    r"^Table '(?P<name>.+)' doesn't exist$",
    r"^Unknown database '(?P<schema>.+)'$",
    r"^(?:PROCEDURE|FUNCTION) (?P<name>\S+) does not exist$",
)]


def last_part(name):
    parts = name.strip("`").split("`.`") if name.startswith("`") else name.split(".")
    return parts[-1].replace("``", "`").lower()


def misses_named(answer, text):
    """The object that an error text names and our facts do not; None if all is well."""
    for pattern in NAMED:
        found = pattern.search(text)
        if not found:
            continue
        groups = found.groupdict()
        groups["name"] = groups.get("name") or groups.get("quoted")
        ours = {use["name"].lower() for use in answer["objects"]} | {use["schema"].lower() for use in answer["objects"]}
        if any(use["kind"] == "schema" and not use["name"] for use in answer["objects"]):
            ours.add(schema.SCHEMA)  # the session's
        ours |= {use["name"].lower() for use in answer["functions"]} | {use["schema"].lower() for use in answer["functions"]}
        name = last_part(groups["name"]) if groups.get("name") else groups["schema"].lower()
        whole = (groups.get("name") or name).lower()
        if {name, whole, "*"} & ours or "\ufffd" in name or {"dynamic_sql"} & set(answer["flags"]):
            return None
        # An error text cuts a long name short, and a name may hold dots.
        if any(one and (whole.endswith("." + one) or one.startswith(name) and len(name) > 20) for one in ours):
            return None
        if name in OTHERS | DICTIONARY or re.split(r"`?\.`?", whole.lstrip("`"))[0] in OTHERS:
            return None  # SHOW, INSTALL and the like go to the dictionary's own tables
        return name
    return None


COMMITTED, MOVED = "the server committed the open transaction", "the next statement would be read otherwise"
KIND_OF = {COMMITTED: "commit", MOVED: "moved"}


class Objects:
    def __init__(self, scratch):
        self.scratch = scratch
        self.observer = Session(scratch, patience=30)
        self.session = None
        self.thread = None
        self.compared = 0

    def check_itself(self):
        """Whether it would notice at all: to a reader that sees nothing each of these differs."""
        blind = {"ok": True, "kind": "select", "detail": "", "objects": [], "functions": [], "variables": [], "flags": []}
        for sql in ("SELECT a FROM t1", "UPDATE t1 SET a = 5", "COMMIT", "SELECT 1 FROM no_such_table",
                    "SET sql_mode = 'ANSI'", "SET NAMES latin1"):
            if not self.differ(sql, "", blind):
                raise RuntimeError(f"the locks of {sql!r} are not seen")

    def wants(self, answer):
        return answer["ok"] and answer["kind"] in KINDS and answer["detail"] != "connection"

    def connect(self):
        self.session = Session(self.scratch, schema=schema.SCHEMA)
        self.connection = self.session.thread
        self.thread = self.observer.rows(
            f"SELECT THREAD_ID FROM performance_schema.threads WHERE PROCESSLIST_ID = {self.connection}")[0][0]

    def differ(self, sql, mode, answer):
        """How the tables differ, or None."""
        if self.session is None or not self.session.alive() or self.session.thread != self.connection:
            self.connect()
        if mode:
            self.session.run(f"SET sql_mode = '{mode}'")
        before = self.session.run(READING)[2]
        self.session.run("START TRANSACTION")
        self.session.run("INSERT INTO shop.witness VALUES (1)")
        error, text, _ = self.session.run(sql)
        committed = self.observer.rows("SELECT COUNT(*) FROM shop.witness")[0][0]
        if committed:
            self.observer.rows("DELETE FROM shop.witness")
        locked = {}
        for owner, name, kind in self.observer.rows(
                "SELECT OBJECT_SCHEMA, OBJECT_NAME, LOCK_TYPE FROM performance_schema.metadata_locks WHERE "
                f"OWNER_THREAD_ID = {self.thread} AND LOCK_STATUS = 'GRANTED' AND OBJECT_NAME IS NOT NULL AND "
                "(OBJECT_TYPE = 'TABLE' OR LOCK_TYPE LIKE '%SHARED_READ%' OR LOCK_TYPE LIKE '%SHARED_WRITE%')"):
            if (owner or "").lower() not in OTHERS:
                locked.setdefault(f"{owner}.{name}".lower(), set()).add(kind)
        if error in LOST:
            self.observer.run(f"KILL {self.connection}")
            return None
        moved = self.session.alive() and self.session.run(READING)[2] != before
        self.session.reset()
        told = READING_SET & {use["name"] for use in answer["variables"] if use["set"]} or "moves_pinned_state" in answer["flags"]
        if moved and not told:
            return MOVED
        locked.pop("shop.witness", None)
        if committed and "implicit_commit" not in answer["flags"]:
            return COMMITTED
        return self._compare(sql, answer, locked, error, text)

    def _compare(self, sql, answer, locked, error, text):
        ours = {}
        for use in answer["objects"]:
            if use["kind"] in ("table", "view", "sequence") and use["schema"].lower() not in OTHERS:
                ours.setdefault(f"{use['schema']}.{use['name']}".lower(), set()).add(use["access"])
        beneath = set().union(*(BENEATH.get(name, set()) for name in ours))
        if any(use["class"] == "unknown" for use in answer["functions"]):
            beneath.add("conformance.t6")
        self.compared += 1
        missing = set(locked) - set(ours) - beneath
        if missing:
            return f"the server locked {sorted(missing)}"
        named = misses_named(answer, text) if error else None
        if named:
            return f"the server names {named}"
        if error == 0 and answer["kind"] not in ("describe", "explain", "show") and "conformance" in str(locked):
            extra = set(ours) - set(locked)
            if extra and "with" not in sql.lower():  # a common table expression that nobody uses is not opened
                return f"the server never opened {sorted(extra)}"
        for name, kinds in locked.items():
            written = any("WRITE" in kind for kind in kinds)
            if written and name in ours and name not in beneath and not ours[name] & WRITES and "locking_read" not in answer["flags"]:
                # Of an UPDATE of several tables the servers lock each to write until they know which are.
                if answer["kind"] not in ("explain", "update"):
                    return f"the server locked {name} to write"
        return None
