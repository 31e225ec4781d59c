"""Asks a real server about every function that we call built in, with none to seven arguments, with a blank before them, in
quotes and in a schema. Where the server looks for a stored function instead, which may do anything, ours must be an unknown one too."""
import re

import corpus
import schema
from scratch import LOST, Session

ROW = re.compile(r"^F\((\w+), ([01]), ([01]), (\w+), [01], (\d+)\)")
ABSENT = (1128, 1305, 1630)  # no such stored or loadable function
NOT_PARSED = 1064
MOST_ARGUMENTS = 7
LEFT_OUT = {"TRIM_ORACLE"}  # built in, but with a blank before its parenthesis a stored one; nobody writes it
WAITS = {"SLEEP", "MASTER_POS_WAIT", "SOURCE_POS_WAIT", "MASTER_GTID_WAIT", "WAIT_FOR_EXECUTED_GTID_SET"}


def ours(vendor, version):
    """The functions that the table gives a server of this version."""
    rows = (corpus.ROOT / "common/sql/facts/function_list.inc").read_text(encoding="utf8").splitlines()
    for row in filter(None, map(ROW.match, rows)):
        name, mysql, mariadb, _, since = row.groups()
        if (mysql if vendor == "mysql" else mariadb) == "1" and int(since) <= version:
            yield name


def calls(names):
    for name in names:
        for count in range(MOST_ARGUMENTS + 1):
            for written in (name, name + " ", f"`{name}`", f"conformance.{name}"):
                verb, argument = ("DO", "NULL") if name in WAITS else ("SELECT", "1")
                yield f"{verb} {written}({', '.join([argument] * count)})"


def check(server, facts):
    """Lines for each call that the server and the table see differently. facts(statements) asks posternctl."""
    session = Session(server, schema=schema.SCHEMA)
    number = [int(part) for part in server.version.split(".")]
    known = sorted(ours(server.vendor, number[0] * 10000 + number[1] * 100 + number[2]))
    asked = list(calls(known))
    for sql, answer in zip(asked, facts(asked)):
        error, said, _ = session.run(sql)
        if error in LOST:
            session.connect()
        builtin = answer["ok"] and all(use["class"] != "unknown" for use in answer["functions"])
        if builtin and error in ABSENT:
            yield f"{sql}: built in to us and not to the server: {error} {said}"
    if server.vendor == "mariadb":
        listed = sorted({name.upper() for (name,) in session.rows("SELECT FUNCTION FROM information_schema.SQL_FUNCTIONS")} - set(known))
        for name, answer in zip(listed, facts([f"SELECT {name}(1)" for name in listed])):
            if name not in LEFT_OUT and answer["ok"] and any(use["class"] == "unknown" for use in answer["functions"]):
                yield f"{name}: built in to the server and not to us"
