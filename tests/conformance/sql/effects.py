"""What statements that we call harmless really did, run by an account that may do anything: in batches between two looks at
everything a statement could leave behind. Where the looks differ the batch is halved until the culprit is found."""
import re

import schema
from scratch import LOST, Session

BATCH = 250
# Counters of statements that only look or move their own session; our own looks count too.
QUIET = re.compile(r"Com_(select|show_|set_option|begin|commit|rollback|savepoint|release_savepoint|xa_|dealloc_sql|stmt_|help|"
                   r"get_diagnostics|change_db|explain|admin_commands|checksum|empty_query|multi)", re.I)
ACCOUNTS = ["user", "global_priv", "db", "tables_priv", "columns_priv", "procs_priv", "proxies_priv", "default_roles", "role_edges",
            "roles_mapping", "global_grants", "func", "plugin", "servers", "component", "proc", "event"]
RESTLESS = re.compile(r"gtid_|innodb_.*(stat|dump|load)|^innodb_buffer_pool_filename|^timestamp$|^rand_seed|^pseudo_|^last_insert", re.I)
OWN_FILES = re.compile(r"^(#|ib|aria|binlog|undo|mysql|sys$|performance|.*\.(pem|pid|sock|err|index|lock|cnf|dblwr)$|ddl_recovery)")


class Effects:
    def __init__(self, scratch):
        self.scratch = scratch
        self.observer = Session(scratch, patience=30)
        self.accounts = [f"mysql.{name}" for (name,) in self.observer.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'mysql' AND table_type = 'BASE TABLE'")
                         if name in ACCOUNTS]
        self.variables = dict(self.observer.rows("SHOW GLOBAL VARIABLES"))
        self.harmful = []
        self.ran = self.succeeded = 0

    def look(self, counters):
        """Everything as it is now, as a dict of plain values. Counters are left out for EXPLAIN, which counts as what it explains."""
        rows = self.observer.rows
        tables = [f"`{s}`.`{t}`" for s, t in rows("SELECT table_schema, table_name FROM information_schema.tables WHERE "
                                                  "table_schema IN ('conformance', 'shop') ORDER BY 1, 2")]
        seen = {
            "schemas": sorted(rows("SHOW DATABASES")),
            "tables": tables,
            "routines": rows("SELECT routine_schema, routine_name FROM information_schema.routines WHERE routine_schema IN "
                             "('conformance', 'shop') ORDER BY 1, 2"),
            "rows": [(name, sum) for name, sum, *_ in rows("CHECKSUM TABLE " + ", ".join(tables + self.accounts))],
            "variables": [row for row in rows("SHOW GLOBAL VARIABLES") if not RESTLESS.search(row[0])],
            "files": self._files(),
        }
        if counters:
            seen["counters"] = [row for row in rows("SHOW GLOBAL STATUS LIKE 'Com%'") if not QUIET.match(row[0])]
        return seen

    def _files(self):
        data = {name.name for name in (self.scratch.folder / "data").iterdir() if not OWN_FILES.match(name.name)}
        return sorted(data | {name.name for name in self.scratch.files.iterdir()})

    def check_itself(self):
        """Whether it would notice at all: each of these must be found."""
        writes = [("DELETE FROM t1 LIMIT 1", "", False), ("SELECT f_writes()", "", False), ("SET GLOBAL max_connections = 77", "", False),
                  ("SELECT 'x' INTO OUTFILE '%s/out'" % self.scratch.files, "", False), ("CREATE TABLE shop.zz (a INT)", "", False),
                  ("CREATE USER zz@localhost", "", False), ("EXPLAIN SELECT 1", "", True), ("CREATE TABLE t99 LIKE t1", "", True)]
        self.check([("SELECT a FROM t1", "", False)] * 5 + writes)
        found = {sql for sql, _, _ in self.harmful}
        missed = [sql for sql, _, _ in writes if sql not in found and sql != "EXPLAIN SELECT 1"]
        if missed or "SELECT a FROM t1" in found or "EXPLAIN SELECT 1" in found:
            raise RuntimeError(f"the looks do not tell writes from reads: missed {missed}, found {found}")
        self.harmful, self.ran, self.succeeded = [], 0, 0

    def check(self, statements):
        """statements: (sql, sql_mode, is an EXPLAIN). What they changed is in self.harmful."""
        for explains in (False, True):
            some = [one for one in statements if one[2] == explains]
            for begin in range(0, len(some), BATCH):
                self._check_batch(some[begin:begin + BATCH], not explains)

    def _check_batch(self, batch, counters):
        changed = self._changed(batch, counters)
        if not changed:
            return
        self._restore()
        if len(batch) == 1:
            self.harmful.append((batch[0][0], batch[0][1], changed))
            return
        middle = len(batch) // 2
        self._check_batch(batch[:middle], counters)
        self._check_batch(batch[middle:], counters)

    def _changed(self, batch, counters):
        before, starts = self.look(counters), self.scratch.starts
        session = Session(self.scratch, schema=schema.SCHEMA)
        for sql, mode, _ in batch:
            if not session.alive():
                session.connect()
            if mode:
                session.run(f"SET sql_mode = '{mode}'")
            error, _, _ = session.run(sql)
            self.ran += 1
            self.succeeded += error == 0
            if error in LOST:
                self.observer.run(f"KILL {session.thread}")
            else:
                session.reset()
        session.drop()
        self._forget_prepared()
        after = self.look(counters)
        if self.scratch.starts != starts:
            before["counters"] = after["counters"] = None  # it died and counts from nothing
        return [key for key in before if before[key] != after[key]]

    def _forget_prepared(self):
        for row in self.observer.rows("XA RECOVER"):
            data = row[3] if isinstance(row[3], str) else row[3].decode("latin1")
            gtrid, bqual = data[:row[1]], data[row[1]:row[1] + row[2]]
            self.observer.run(f"XA ROLLBACK x'{gtrid.encode('latin1', 'replace').hex()}', x'{bqual.encode('latin1', 'replace').hex()}', {row[0]}")

    def _restore(self):
        schema.prepare(self.observer)
        for name, value in self.observer.rows("SHOW GLOBAL VARIABLES"):
            before = self.variables.get(name, value)
            if before != value:
                for written in (before, "'" + before.replace("'", "''") + "'"):
                    self.observer.run(f"SET GLOBAL {name} = {written or 'DEFAULT'}")
        for path in self.scratch.files.iterdir():
            path.unlink()
