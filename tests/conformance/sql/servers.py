"""A scratch server's answers, and posternctl's, to the same statements."""
import argparse
import json
import subprocess

import pymysql

NOT_PARSED = (1064, 1149, 1235)


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--socket", required=True)
    parser.add_argument("--user", default="root")
    parser.add_argument("--vendor", required=True, choices=["mysql", "mariadb"])
    parser.add_argument("--posternctl", required=True)
    return parser


class Server:
    def __init__(self, args):
        self.args = args
        self.connect()
        self.run("CREATE DATABASE IF NOT EXISTS conformance")
        self.run("USE conformance")
        self.version = self.run("SELECT VERSION()")[1][0][0].split("-")[0]

    def connect(self):
        self.link = pymysql.connect(unix_socket=self.args.socket, user=self.args.user, autocommit=True, charset="utf8mb4")

    def run(self, sql, values=None):
        """("rows", ...) or ("error", number)."""
        try:
            cursor = self.link.cursor()
            cursor.execute(sql, values)
            return ("rows", cursor.fetchall())
        except pymysql.MySQLError as error:
            if error.args[0] in (2006, 2013):
                self.connect()
                self.run("USE conformance")
            return ("error", error.args[0])

    def parse(self, sql):
        """0 or the number of the error that preparing it gives."""
        kind, what = self.run("PREPARE conformance FROM %s", (sql,))
        return 0 if kind == "rows" else what


def read(args, version, statements, sql_mode=""):
    """What posternctl answers, a dict for each statement."""
    lines = [
        json.dumps({"sql": sql, "vendor": args.vendor, "version": version, "sql_mode": sql_mode}) for sql in statements
    ]
    done = subprocess.run([args.posternctl, "sql", "facts"], input="\n".join(lines) + "\n", text=True,
                          capture_output=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
