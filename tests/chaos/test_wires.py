"""Each wire breaks in each way, after each piece of a session's whole life. Whatever came through: nothing ran that is not recorded,
no thread and no lock stays, a transaction is there whole or not at all, and what comes next works."""
import os

import pymysql
import pytest

from conftest import WIRES
from fault_proxy import BLACK_HOLE, CUT, FAULTS, HALF_OPEN, RESET
from stack.clients import Background, connect, drop, rows
from stack.wait import until

FULL = os.environ.get("POSTERN_FULL") == "1"
# Pieces that pass in the life below, at the most: beyond them nothing breaks any more.
PIECES = {"agent": 40, "relay": 50, "database": 40}
# Quick ends are those that somebody hears of; a silent one is noticed by keep-alives, after 40 s.
QUICK = (CUT, RESET)


class Life:
    """A session that changes two rows in a transaction, reads a result of 100 KB between, and says what it came to."""

    def __init__(self, stack, mark):
        self.stack, self.mark = stack, mark
        self.committed = False

    def live(self):
        connection = connect(self.stack.gateway, "loader", autocommit=False, connect_timeout=20, read_timeout=60)
        try:
            rows(connection, "UPDATE orders SET status = %s WHERE id = 60", (self.mark,))
            assert len(rows(connection, "SELECT id, status FROM orders")) == 5000
            rows(connection, "UPDATE orders SET status = %s WHERE id = 61", (self.mark,))
            connection.commit()
            self.committed = True
            connection.close()
        finally:
            drop(connection)

    def ended_well(self):
        try:
            self.live()
            return True
        except (pymysql.MySQLError, OSError):
            return False


def check(stack, life):
    database = stack.database
    database.wait_until_no_threads()
    both = database.query("SELECT status = %s FROM shop.orders WHERE id IN (60, 61)", life.mark)
    assert both[0] == both[1], "half of a transaction"
    assert both[0][0] or not life.committed, "what was told to be committed is not there"
    # No lock is left: another writer gets the rows at once.
    other = database.connect(autocommit=True)
    rows(other, "SET SESSION innodb_lock_wait_timeout = 5")
    rows(other, "UPDATE shop.orders SET status = 'mine' WHERE id IN (60, 61)")
    other.close()


def all_recorded(stack):
    ran = {text for command, text, _ in stack.database.recorded("%orders%") if command == "Query"}
    ran |= {text for command, text, _ in stack.database.recorded("COMMIT%") if command == "Query"}
    sessions = [row["id"] for row in stack.real.reviewer.json("sessions", "list", "--limit", "1000")]
    journal = "".join(stack.real.reviewer.text("sessions", "replay", session) for session in sessions)
    return len(ran) > 1 and [text for text in ran if text not in journal] == []


@pytest.mark.parametrize("fault", QUICK)
@pytest.mark.parametrize("wire", WIRES)
def test_a_wire_breaks_after_each_piece(wired, wire, fault):
    stack = wired()
    stack.database.record()
    proxy = stack.wires[wire]
    step = 1 if FULL else 5
    broken = 0
    # Each test begins elsewhere, so that all of them together try every piece now and then.
    for pieces in range(1 + FAULTS.index(fault) * (not FULL), PIECES[wire], step):
        life = Life(stack, f"{wire}{pieces}{fault}")
        proxy.break_after(pieces, fault)
        life.ended_well()
        broken += proxy.broke.is_set()
        stack.heal()
        check(stack, life)
    assert broken > 3, "the wire did break"
    assert Life(stack, "after").ended_well()
    assert all_recorded(stack)


class Stuck:
    """A statement that waits in the database for a row that root holds."""

    def __init__(self, stack, mark):
        self.stack, self.mark = stack, mark
        self._blocker = stack.database.connect(autocommit=False)
        rows(self._blocker, "SELECT * FROM shop.orders WHERE id = 62 FOR UPDATE")
        self.connection = connect(stack.gateway, "loader", read_timeout=120)
        self.waiting = Background(lambda: rows(self.connection, f"UPDATE orders SET status = '{mark}' WHERE id = 62"))
        until("the statement waits in the database", lambda: any(row[2] and mark in row[2] for row in stack.database.threads()))

    def lost(self):
        with pytest.raises(pymysql.MySQLError):
            self.waiting.result(120)

    def check(self):
        until("no thread of the relay's user is left", lambda: not self.stack.database.threads(), 120)
        self._blocker.rollback()
        self._blocker.close()
        assert self.stack.database.value("SELECT COUNT(*) FROM shop.orders WHERE status = %s", self.mark) == 0


@pytest.mark.parametrize("fault", FAULTS if FULL else (CUT, RESET, HALF_OPEN))
def test_the_relay_s_wire_breaks_under_a_running_statement(wired, fault):
    stack = wired()
    stuck = Stuck(stack, f"wire{FAULTS.index(fault)}")
    stack.wires["relay"].break_now(fault)
    stuck.lost()
    stuck.check()
    stack.heal()
    assert Life(stack, "after").ended_well()


@pytest.mark.parametrize("fault", (CUT, RESET))
def test_the_agent_s_wire_breaks_under_a_running_statement(wired, fault):
    stack = wired()
    stuck = Stuck(stack, f"agent{FAULTS.index(fault)}")
    stack.wires["agent"].break_now(fault)
    stuck.lost()
    stuck.check()
    stack.heal()
    assert Life(stack, "after").ended_well()


@pytest.mark.parametrize("fault", (CUT, RESET, BLACK_HOLE, HALF_OPEN))
def test_the_database_s_wire_breaks_under_a_running_statement(wired, fault):
    """The relay cannot reach the database until the wire is healed; then it looks for the thread and ends it."""
    stack = wired(gateway_options={"limits": {"statement_timeout": "3s"}})
    stuck = Stuck(stack, f"base{FAULTS.index(fault)}")
    stack.wires["database"].break_now(fault)
    stuck.lost()
    stack.heal()
    stuck.check()
    assert Life(stack, "after").ended_well()


@pytest.mark.parametrize("wire", WIRES)
def test_a_slow_wire_is_only_slow(wired, wire):
    stack = wired()
    stack.wires[wire].delay(0.05)
    life = Life(stack, f"slow{wire}")
    assert life.ended_well()
    check(stack, life)


def test_a_held_statement_is_void_when_its_agent_s_wire_breaks(wired):
    stack = wired()
    connection = connect(stack.gateway, "bot")
    waiting = Background(lambda: rows(connection, "UPDATE orders SET status = 'ghost' WHERE id = 63"))
    approval = stack.real.pending("bot")["id"]
    stack.wires["agent"].break_now(RESET)
    with pytest.raises(pymysql.MySQLError):
        waiting.result()
    until("the approval is void", lambda: stack.real.reviewer.json("approvals", "show", approval)["state"] == "void")
    assert stack.real.reviewer.run("approvals", "approve", approval).returncode != 0
    assert stack.database.value("SELECT COUNT(*) FROM shop.orders WHERE status = 'ghost'") == 0


def test_a_held_statement_that_is_approved_while_the_relay_is_away_does_not_run_twice(wired):
    stack = wired()
    connection = connect(stack.gateway, "bot", read_timeout=120)
    waiting = Background(lambda: rows(connection, "UPDATE orders SET status = CONCAT(status, '+') WHERE id = 64"))
    before = stack.database.value("SELECT status FROM shop.orders WHERE id = 64")
    approval = stack.real.pending("bot")["id"]
    stack.wires["relay"].break_now(RESET)
    until("the gateway has noticed", lambda: not stack.real.target_ready("shop"))
    assert stack.real.reviewer.run("approvals", "approve", approval).returncode == 0
    with pytest.raises(pymysql.MySQLError):
        waiting.result(60)
    stack.heal()
    stack.database.wait_until_no_threads()
    assert stack.database.value("SELECT status FROM shop.orders WHERE id = 64") == before
    assert stack.real.reviewer.json("approvals", "show", approval)["state"] == "approved"
