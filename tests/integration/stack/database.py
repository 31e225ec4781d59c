"""A real database server of either vendor, and what only its root can see of it."""
import shlex
import subprocess
import threading

import pymysql

from . import paths
from .wait import until

RELAY_USER = "postern_relay"
# Only ever compared with and searched for: no part of it may turn up outside the relay.
RELAY_PASSWORD = "Tr0ub4dor-credential-9f3c1a77e5"


class Database:
    def __init__(self, vendor, folder, *flags):
        """`flags` are the server's own."""
        self.vendor = vendor
        self.folder = folder
        self._lock = threading.Lock()
        out = subprocess.run([paths.ROOT / "tests/servers/start.sh", vendor, "--dir", folder, "--tls", "--", *flags],
                             check=True, stdout=subprocess.PIPE, text=True).stdout
        for line in shlex.split(out):
            key, _, value = line.partition("=")
            setattr(self, key, value)
        self.port = int(self.port)
        self._root = self.connect()

    def connect(self, **options):
        """A root connection of the caller's own, over the socket; a lock held on it is held until it closes."""
        options = {"autocommit": True, "charset": "utf8mb4", **options}
        return pymysql.connect(unix_socket=self.socket, user="root", **options)

    def query(self, sql, *arguments):
        with self._lock, self._root.cursor() as cursor:
            cursor.execute(sql, arguments or None)
            return cursor.fetchall()

    def value(self, sql, *arguments):
        return self.query(sql, *arguments)[0][0]

    def load(self):
        """The demo's shop schema, the relay's least-privilege user, and tables for tests that write."""
        with open(paths.ROOT / "deploy/demo/shop.sql") as script:
            subprocess.run([self.client, "--no-defaults", "--socket", self.socket, "--user=root"], check=True, stdin=script)
        self.query(f"CREATE USER '{RELAY_USER}'@'127.0.0.1' IDENTIFIED BY '{RELAY_PASSWORD}' REQUIRE SSL")
        self.query(f"GRANT SELECT, INSERT, UPDATE, DELETE, SHOW VIEW, TRIGGER, EXECUTE ON shop.* TO '{RELAY_USER}'@'127.0.0.1'")
        self.query("CREATE DATABASE hidden")
        self.query("CREATE TABLE shop.notes (id INT AUTO_INCREMENT PRIMARY KEY, body LONGTEXT, n INT)")
        self.query("CREATE TABLE shop.blobs (id INT PRIMARY KEY, body MEDIUMTEXT NOT NULL)")
        for row in range(20):
            self.query("INSERT INTO shop.blobs VALUES (%s, REPEAT(%s, 1048576))", row, chr(97 + row))
        self.query("CREATE TABLE shop.small (id INT PRIMARY KEY)")
        self.query("INSERT INTO shop.small VALUES " + ",".join(f"({n})" for n in range(200)))

    def threads(self):
        """Thread ids of the relay's user, with what they run."""
        return self.query("SELECT id, command, info FROM information_schema.processlist WHERE user = %s", RELAY_USER)

    def wait_until_no_threads(self):
        """Nothing but the gateway and the relay would end them: the servers' own time-outs are hours."""
        until("no thread of the relay's user is left", lambda: not self.threads())

    def record(self):
        """Starts the server's own log of everything it is asked, from empty."""
        self.query("SET GLOBAL general_log = OFF")
        self.query("SET GLOBAL log_output = 'TABLE'")
        self.query("TRUNCATE mysql.general_log")
        self.query("SET GLOBAL general_log = ON")

    def recorded(self, pattern="%"):
        """(command, text, thread) of what the relay's threads asked the server, matching an SQL LIKE pattern."""
        rows = self.query("SELECT command_type, CONVERT(argument USING utf8mb4), thread_id FROM mysql.general_log"
                          " WHERE user_host LIKE %s AND argument LIKE %s ORDER BY event_time", f"%{RELAY_USER}%", pattern)
        return [tuple(row) for row in rows]

    def stop(self):
        self._root.close()
        subprocess.run([paths.ROOT / "tests/servers/stop.sh", "--dir", self.folder], check=True)
