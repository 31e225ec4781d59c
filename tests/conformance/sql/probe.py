"""What a server makes of a statement that may not do anything: run by an account without rights, so that it is parsed and
named, and then denied. Nothing of it needs to be undone."""
import dataclasses

import pymysql

import schema
from scratch import LOST, Session

NOT_PARSED = (1064, 1065, 1149)  # the middle one: nothing but blanks and comments


@dataclasses.dataclass
class Seen:
    error: int
    text: str
    event: str | None  # "select" of statement/sql/select

    @property
    def parsed(self):
        return self.error not in NOT_PARSED and self.event != "empty_query"


class Probe:
    def __init__(self, scratch):
        self.scratch = scratch
        self.observer = Session(scratch)
        self.link = self.thread = self.connection = None
        self.connect()

    def connect(self):
        try:
            self.link = Session(self.scratch, schema.NOBODY, schema.SCHEMA)
        except pymysql.MySQLError:  # it changed its own password, or the server is another one now
            schema.prepare(self.observer)
            self.link = Session(self.scratch, schema.NOBODY, schema.SCHEMA)
        self.connection = self.link.thread
        rows = self.observer.rows(
            f"SELECT THREAD_ID FROM performance_schema.threads WHERE PROCESSLIST_ID = {self.link.thread}")
        self.thread = rows[0][0]

    def see(self, sql, sql_mode=""):
        if not self.link.alive():
            self.connect()
        if sql_mode:
            self.link.run(f"SET sql_mode = '{sql_mode}'")
        error, text, _ = self.link.run(sql)
        event = self.event()
        if error in LOST:
            self.observer.run(f"KILL {self.connection}")
            self.connect()
        else:
            self._reset()
        return Seen(error, text, event)

    def _reset(self):
        try:
            self.link.reset()
        except pymysql.MySQLError:
            self.link.drop()  # it changed its own password
        if not self.link.alive() or self.link.thread != self.connection:
            self.connect()

    def event(self):
        rows = self.observer.rows(
            "SELECT EVENT_NAME FROM performance_schema.events_statements_current "
            f"WHERE THREAD_ID = {self.thread} AND NESTING_EVENT_LEVEL = 0 ORDER BY EVENT_ID DESC LIMIT 1")
        return rows[0][0].rsplit("/", 1)[-1] if rows else None
