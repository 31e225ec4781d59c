"""A database server that may be thrown away: started in a folder of its own, started again when a statement kills it."""
import pathlib
import resource
import shlex
import subprocess

import pymysql

SERVERS = pathlib.Path(__file__).resolve().parents[2] / "servers"
LOST = (2003, 2006, 2013, 2014)
RESET_CONNECTION = 0x1F
# Some statements of the corpus make a server take all memory there is; this one then fails them, or dies and starts again.
MOST_MEMORY = 6 << 30

# Nothing may leave the folder, and every statement is to leave its name in performance_schema.
FLAGS = [
    "--performance-schema=ON", "--local-infile=OFF", "--event-scheduler=OFF", "--max-allowed-packet=32M", "--lock-wait-timeout=2",
    "--innodb-lock-wait-timeout=2", "--max-prepared-stmt-count=100", "--innodb-flush-log-at-trx-commit=0",
    "--character-set-server=utf8mb4", "--skip-innodb-doublewrite",
    "--performance-schema-consumer-events-statements-current=ON", "--performance-schema-instrument=statement/%=ON",
    "--performance-schema-instrument=wait/lock/metadata/sql/mdl=ON",
]
VENDOR_FLAGS = {
    "mysql": ["--max-execution-time=2000"],
    "mariadb": ["--max-statement-time=2", "--aria-log-file-size=8M"],
}


class Scratch:
    """One server of a vendor in a folder."""

    def __init__(self, vendor, folder):
        self.vendor = vendor
        self.folder = pathlib.Path(folder)
        self.files = self.folder / "files"
        self.files.mkdir(parents=True, exist_ok=True)
        self.socket = self.version = self.pid = None
        self.starts = 0

    def start(self):
        flags = FLAGS + VENDOR_FLAGS[self.vendor] + [f"--secure-file-priv={self.files}"]
        command = [str(SERVERS / "start.sh"), self.vendor, "--dir", str(self.folder), "--"] + flags
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, preexec_fn=self.bound_memory).stdout
        values = dict(word.split("=", 1) for line in printed.splitlines() for word in shlex.split(line))
        self.socket = values["socket"]
        self.version = values["version"].split("-")[0]
        self.starts += values["pid"] != self.pid
        self.pid = values["pid"]

    @staticmethod
    def bound_memory():
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))

    def stop(self):
        subprocess.run([str(SERVERS / "stop.sh"), "--dir", str(self.folder)], check=True)


class Session:
    """A connection that is there again after it was lost. Not for use by two threads."""

    def __init__(self, scratch, user="root", schema=None, patience=5):
        self.scratch, self.user, self.schema, self.patience = scratch, user, schema, patience
        self.link = self.thread = None
        self.connect()

    def connect(self):
        options = {"unix_socket": self.scratch.socket, "user": self.user, "autocommit": None, "charset": "utf8mb4",
                   "read_timeout": self.patience, "database": self.schema}
        try:
            self.link = pymysql.connect(**options)
        except pymysql.MySQLError as error:
            if error.args[0] == 1049:
                options["database"] = None
            elif error.args[0] in LOST:
                self.scratch.start()  # where it died; one that is up stays as it is
            else:
                raise
            self.link = pymysql.connect(**options)
        self.thread = self.link.thread_id()

    def run(self, sql):
        """(error number or 0, its text, rows). Error 2013: the server hung up or took too long."""
        try:
            # The client has to follow a change of character set, and is never to rewrite the text.
            self.link._execute_command(3, sql.encode("utf8", "surrogateescape"))
            self.link._affected_rows = self.link._read_query_result()
            rows = self.link._result.rows or ()
            while self.link._result.has_next:
                self.link._read_query_result()
            return (0, "", rows)
        except pymysql.MySQLError as error:
            number = error.args[0] if error.args and isinstance(error.args[0], int) else 2014
            if number in LOST:
                self.drop()
            return (number, str(error.args[-1]), ())
        except (UnicodeDecodeError, LookupError, KeyError, ValueError, TypeError, OverflowError):
            self.drop()  # rows in a character set that the client cannot read: the statement did run
            return (0, "", ())

    def rows(self, sql):
        number, text, rows = self.run(sql)
        if number in LOST:
            self.connect()
            number, text, rows = self.run(sql)
        if number:
            raise RuntimeError(f"{sql}: {number} {text}")
        return rows

    def reset(self):
        """The session as if it had just connected; its thread stays the same if it can."""
        try:
            self.link._execute_command(RESET_CONNECTION, b"")
            self.link._read_ok_packet()
            if self.schema:
                self.link.select_db(self.schema)
        except (pymysql.MySQLError, AttributeError):
            self.drop()
        if not self.alive():
            self.connect()

    def alive(self):
        return self.link is not None and self.link.open

    def drop(self):
        if self.link is not None:
            self.link._force_close()

